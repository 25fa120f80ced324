# Where the token comes from: one Authorization header with the scheme Bearer (RFC 6750 section 2.1).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        large_client_header_buffers 4 64k;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
    }
CONF
my $token = mint('p256');
$nginx->passes_after('/ok', token => $token);

my $no_error = qr/\ABearer realm="site"\z/;    # SPEC 64: no error code when no credentials were sent
$nginx->refuses('SPEC 14, 63: no credentials get 401 and a challenge', challenge => $no_error, reason => qr/credentials_missing/);
for (
    ['DPoP',    'DPoP a.b.c',     'it is DPoP, which is not supported: send a Bearer token that is not bound to a key'],
    ['Basic',   'basic YTpi',     'it is Basic'],
    ['no name', 'Secret-in-front YTpi', 'its scheme is not a known one'],
  )
{
    my ($name, $value, $problem) = @$_;
    $nginx->keep_out_of_log($_) for qw(a.b.c YTpi Secret-in-front);
    $nginx->refuses("another scheme ($name) is told as such, without an error code", headers => ["Authorization: $value"], challenge => $no_error,
        reason => qr/credentials_not_bearer: the Authorization header is of another scheme than Bearer: \Q$problem\E,/);
}
$nginx->refuses('an empty Authorization header is no credentials', headers => ['Authorization:'], challenge => $no_error);
$nginx->refuses('SPEC 8: a token in the query is not looked at', path => '/ok?access_token=a.b.c', challenge => $no_error);

for (
    ['a scheme without a token is refused',      'Bearer'],
    ['a scheme and spaces are refused',          'Bearer  '],
    ['two tokens in one header are refused',     "Bearer $token $token"],
    ['a token with junk behind it is refused',   "Bearer $token,"],
    ['a comma-separated second one is refused',  "Bearer $token, Bearer $token"],
    ['a quoted token is refused',                qq{Bearer "$token"}],
    ['a tab is not a space',                     "Bearer\t$token"],
    ['the scheme must end before the token',     "Bearer$token"],
    ['a token alone has no scheme',              $token],
    ['the scheme must be the whole word',        "Bearers $token"],
  )
{
    my ($name, $value) = @$_;
    $nginx->keep_out_of_log($token);
    $nginx->refuses($name, headers => ["Authorization: $value"], reason => qr/credentials_(?:malformed|not_bearer)/);
}

for my $scheme (qw(Bearer bearer BEARER bEaReR)) {
    is $nginx->get('/ok', headers => ["Authorization: $scheme $token"])->status, 200, "SPEC 63: the scheme may be written $scheme";
}
is $nginx->get('/ok', headers => ["Authorization: Bearer   $token"])->status, 200, 'several spaces may follow the scheme';
is $nginx->get('/ok', headers => ["aUTHORIZATION: Bearer $token"])->status, 200, 'SPEC 37: the case of the header name does not matter';

my $worker = $nginx->worker_pid;
my $other = mint('p256', claims(sub => 'another'), header => { typ => undef });    # not watched: nginx itself logs a header that it refuses
my $two = $nginx->get('/ok', headers => ["Authorization: Bearer $other", "Authorization: Bearer $other"]);
is $two->status, 400, 'SPEC 67: two Authorization headers are a bad request, even when both are fine';
is $nginx->get('/ok', headers => ['Authorization:', "Authorization: Bearer $other"])->status, 400, 'even when one of them is empty';
is $nginx->get('/ok', headers => ["Authorization: Bearer \0$other"])->status, 400, 'a NUL byte in the header is a bad request';
is $nginx->get('/ok', token => 'x' x 100_000)->status, 400, 'a header too large for nginx is a bad request';
is $nginx->worker_pid, $worker, 'the same worker lives';

$nginx->refuses('a token above 16 KB is refused', token => mint('p256', claims(fill => 'x' x 16_384)), reason => qr/token_too_large/);
is $nginx->get('/ok', token => mint('p256', claims(fill => 'x' x 8_000)))->status, 200, 'a token of 11 KB is read';

finish();
