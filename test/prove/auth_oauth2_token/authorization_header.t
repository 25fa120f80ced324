# Where the token comes from: one Authorization header with the scheme Bearer (RFC 6750 section 2.1).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/introspect', body => '{"active":true}');
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        large_client_header_buffers 4 64k;
        location / { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect; %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF
my $token = 'a-token-of-some-length';
$nginx->passes_after('/ok', token => $token);

$nginx->refuses('SPEC 14, 63: no credentials get 401 and a challenge', challenge => qr/\ABearer\z/, reason => qr/credentials_missing/);
for (['DPoP', 'DPoP a.b.c', 'it is DPoP, which is not supported'], ['Basic', 'basic YTpi', 'it is Basic'], ['none', $token, 'it has no scheme: write "Bearer " before the token']) {
    my ($name, $value, $problem) = @$_;
    $nginx->keep_out_of_log($_) for qw(a.b.c YTpi), $token;
    $nginx->refuses("another scheme ($name) is told as such, without an error code", headers => ["Authorization: $value"], challenge => qr/\ABearer\z/,
        reason => qr/credentials_not_bearer: the Authorization header is of another scheme than Bearer: \Q$problem\E/);
}
$nginx->refuses('an empty header is no credentials', headers => ['Authorization:'], challenge => qr/\ABearer\z/);
$nginx->refuses('SPEC 8: a token in the query is not looked at', path => '/ok?access_token=abc', challenge => qr/\ABearer\z/);

for (['a scheme without a token', 'Bearer'], ['two tokens', "Bearer $token $token"], ['a comma', "Bearer $token,"], ['quotes', qq{Bearer "$token"}]) {
    my ($name, $value) = @$_;
    $nginx->refuses("$name: refused", headers => ["Authorization: $value"], reason => qr/credentials_malformed/, challenge => qr/\ABearer error="invalid_token"\z/);
}
my $asked = () = $as->requests;
is $nginx->get('/ok', headers => ["Authorization: Bearer a", "Authorization: Bearer a"])->status, 400, 'SPEC 67: two Authorization headers are a bad request';
is $nginx->get('/ok', token => 'x' x 16_385)->status, 401, 'a token above 16 KB is refused';
is scalar(() = $as->requests), $asked, 'and nobody was asked about any of these';

is $nginx->get('/ok', headers => ["Authorization: $_ $token"])->status, 200, "SPEC 63: the scheme may be written $_" for qw(Bearer bearer BEARER);
is $nginx->get('/ok', token => 'x' x 16_384)->status, 200, 'a token of 16 KB is asked about';

finish();
