# nginx has no access phase for subrequests: they are judged before it, by the same rules, whatever auth_jwt_phase says. An
# auth_request into a location with auth_jwt is a real check; no error page makes a pass of a refusal; and what our modules
# ask an authorization server is not judged at all.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;

my ($any, $inner, $page) = map { to($_) } qw(any mcp page);
my $as = run_origin();
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/introspect', body => '{"active":true}');
my $as_port = $as->port;
my $jwt = 'auth_jwt "mcp"; auth_jwt_key_file jwks.json;';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'revoked.json' => '{"mallory":1}', 'html/include' => '<!--#include virtual="/judged" -->', 'html/include_text' => 'page <!--#include virtual="/text" -->' });
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    map \$uri \$tenant { volatile; /tenant/a a; /tenant/b b; default none; }
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        ssi_types *;
        location = /judged    { $jwt auth_jwt_phase access; $inner }
        location = /preaccess { $jwt auth_jwt_phase preaccess; $inner }
        location = /paged     { $jwt error_page 401 403 500 = \@page; $inner }
        location = /paged_200 { $jwt error_page 401 =200 /file; $inner }
        location = /rules     { $jwt auth_jwt_require_claim role eq admin; auth_jwt_revocation_list_sub revoked.json; $inner }
        location = /returns   { $jwt return 204; }
        location = /keys      { auth_jwt "mcp"; auth_jwt_key_request /_jwks; $inner }
        location = /file      { return 200 "file"; }
        location \@page       { return 200 "page"; }

        location = /ask           { auth_request /judged; $any }
        location = /ask_preaccess { auth_request /preaccess; $any }
        location = /ask_paged     { auth_request /paged; $any }
        location = /ask_paged_200 { auth_request /paged_200; $any }
        location = /ask_rules     { auth_request /rules; $any }
        location = /ask_returns   { auth_request /returns; $any }
        location = /ask_keys      { auth_request /keys; $any }
        location = /mirror        { mirror /judged; $any }
        location = /mirror_keys   { mirror /keys; $any }
        location = /include       { ssi on; root html; }
        location = /include_text  { ssi on; root html; }
        location = /text          { $jwt return 200 SECRET; }
        location = /off_mirror    { $jwt auth_jwt_pass_credentials off; mirror /judged; $any }
        location = /_jwks { internal; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
    server {
        listen 127.0.0.1:%%PORT_INHERIT%%;
        auth_jwt "mcp";
        auth_jwt_key_request /_jwks;
        error_page 401 = \@page;
        location /          { auth_request /check; mirror /mirror; $any }
        location /returns   { auth_request /_yes; $any }
        location /weaker    { auth_jwt_validate_exp off; auth_request /_yes; $any }
        location /stricter  { auth_request /_admin; $any }
        location /public    { auth_jwt off; auth_request /check; $any }
        location /public/yes { auth_jwt off; auth_request /_yes; $any }
        location /introspected { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect; $any }
        location /tenant    { auth_jwt_key_request /_tenant/\$tenant; mirror /tenant/b; $any }
        location = /check   { internal; $inner }
        location = /mirror  { internal; $page }
        location = /_yes    { internal; return 204; }
        location = /_admin  { internal; auth_jwt_require_claim role eq admin; return 204; }
        location = /_jwks   { internal; proxy_pass http://127.0.0.1:$as_port/jwks; }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
        location /_tenant/  { internal; proxy_pass http://127.0.0.1:$as_port/; }
        location \@page     { return 401 "who are you"; }
    }
CONF
$as->answer("/$_", body => jwks('p256')) for qw(a b);

my $token   = mint('p256', claims(role => 'admin'));
my $forged  = mint('p256_other', claims(role => 'admin'), header => { kid => 'p256' });
my $expired = mint('p256', claims(role => 'admin', exp => 1));
sub is_outcome ($wanted, $rule, $path, @request) {
    is outcome($nginx, $_, $wanted, $path, @request), $wanted, "$path, $_: $rule" for 'HTTP/1.1', 'HTTP/2';
    return;
}

# --- judged ---------------------------------------------------------------------------------------------------------------

for my $path (qw(/ask /ask_preaccess /ask_paged /ask_paged_200 /ask_rules /ask_keys)) {
    is_outcome('401', 'no token', $path);
    is_outcome('401', 'a forged token', $path, token => $forged);
    is_outcome('401', 'an expired token', $path, token => $expired);
    is outcome($nginx, $_, '200 any mcp', $path, token => $token) =~ s/\+authorization//gr, '200 any mcp+everything', "$path, $_: a good token" for 'HTTP/1.1', 'HTTP/2';
}
is_outcome('401', 'a rule counts', '/ask_rules', token => mint('p256', claims(role => 'user')));
is_outcome('401', 'a revoked one', '/ask_rules', token => mint('p256', claims(role => 'admin', sub => 'mallory')));
is_outcome('200 any', 'a mirror without a token', '/mirror');
is_outcome('200 any', 'a mirror with a forged one', '/mirror', token => $forged);
is_outcome('200 any', 'a mirror cannot ask for keys', '/mirror_keys', token => $token);
is_outcome('200 any mcp', 'a mirror of what has ended is judged by what it was', '/off_mirror', token => $token);
is $nginx->get('/include')->body =~ /backend/, '', 'SSI: without a token nothing is included';
is $nginx->get('/include', token => $forged)->body =~ /backend/, '', 'SSI: nor with a forged one';
is $nginx->get('/include', token => $token)->body, 'backend', 'SSI: with a good one it is';
new_requests(1);

# --- answered by "return" -------------------------------------------------------------------------------------------------

my $mark = $nginx->log_mark;
for my $credentials ([], [token => $forged], [token => $token]) {
    is_outcome('403', '"return" lets nobody pass, since nobody was judged', '/ask_returns', @$credentials);
}
like $nginx->log($mark), qr/auth_jwt: refused with 403: something answered a subrequest before its token was looked at, as "return" does/, 'and the log says so';

unlike $nginx->get('/include_text')->body, qr/SECRET/, 'what it says is not shown to whoever includes it';

# --- inherited from the server --------------------------------------------------------------------------------------------

my @server = (port => 'PORT_INHERIT');
sub arrived ($wanted) { return join ' ', sort map { (values_of($_, 'X-Backend'))[0] } new_requests($wanted) }
my $before = () = $as->requests;
is $nginx->get('/', @server, token => $token)->status, 200, 'a good token passes';
is arrived(3), 'any mcp page', 'so do its subrequests, the mirror included';
is scalar(() = $as->requests) - $before, 1, 'keys were asked for once';
is $nginx->get('/', @server, token => $forged)->status, 401, 'a forged one does not';
is $nginx->get('/', @server)->status, 401, 'nor does none';
is arrived(0), '', 'and no backend is asked';
is $nginx->get('/returns', @server, token => $token)->status, 200, '"return" in what a judged request asks is an answer';
is arrived(1), 'any', 'and it passes';
is $nginx->get('/weaker', @server, token => $token)->status, 403, 'not where the main request was judged by weaker rules';
is $nginx->get('/stricter', @server, token => $token)->status, 403, 'nor where what it asks has stricter ones';
is $nginx->get('/public', @server)->status, 401, 'who is not judged itself is asked by what it asks';
is $nginx->get('/public', @server, token => $token)->status, 200, 'and passes with a good token';
is arrived(2), 'any mcp', 'there';
is $nginx->get('/public/yes', @server)->status, 403, '"return" is no answer there';
is $nginx->get('/introspected', @server, token => $token)->status, 200, 'what another module of ours asks is not judged';
is arrived(1), 'any', 'so that it passes';
is $nginx->get('/tenant/a', @server, token => $token)->status, 200, 'keys of one tenant';
is arrived(1), 'any', 'are none of another: the mirror there would have to ask';

finish();
