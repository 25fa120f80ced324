# auth_jwt_www_authenticate: what a 401 carries, and nothing else does (RFC 6750 section 3).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $backend = run_origin();
$backend->answer('/backend', status => 401, headers => [['WWW-Authenticate', 'Bearer realm="backend"']]);
my $backend_port = $backend->port;
my $nginx = run_nginx(<<'CONF' =~ s/BACKEND/$backend_port/r, { 'jwks.json' => jwks('p256') });
    auth_jwt "closed site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /default  { %%OK%% }
        location /on       { auth_jwt_www_authenticate on; %%OK%% }
        location /off      { auth_jwt_www_authenticate off; %%OK%% }
        location /string   { auth_jwt_www_authenticate 'Bearer scope="a b"'; %%OK%% }
        location /variable { auth_jwt_www_authenticate 'Bearer resource_metadata="https://$http_x_name/"'; %%OK%% }
        location /realm    { auth_jwt "site of $http_x_name"; %%OK%% }
        location /rule     { auth_jwt_require_claim iss eq nobody; %%OK%% }
        location /rule403  { auth_jwt_require $jwt_claim_none error=403; %%OK%% }
        location /string403 { auth_jwt_require $jwt_claim_none error=403; auth_jwt_www_authenticate 'Bearer x="y"'; %%OK%% }
        location /handled  { error_page 401 = @handler; auth_jwt_www_authenticate off; %%OK%% }
        location /page     { error_page 401 /ok; %%OK%% }
        location /rewritten { error_page 401 =200 /ok; %%OK%% }
        location /backend  { proxy_pass http://127.0.0.1:BACKEND; }
        location /any      { satisfy any; allow 127.0.0.1; %%OK%% }
        location @handler  { add_header WWW-Authenticate 'Bearer resource_metadata="https://x/"' always; return 401 "handled"; }
        location = /ok     { auth_jwt off; }
    }
CONF
my $token = mint('p256');
my $bad   = mint('p256', claims(exp => 1));

sub challenges ($path, %request) {
    my $response = $nginx->get($path, %request);
    return [$response->status, $response->headers('WWW-Authenticate')];
}

my $invalid = ', error="invalid_token"';
for my $path (qw(/default /on)) {
    is_deeply challenges($path), [401, 'Bearer realm="closed site"'], "SPEC 63, 64: $path: a missing token";
    is_deeply challenges($path, token => $bad), [401, 'Bearer realm="closed site"' . $invalid], "SPEC 65: $path: a bad token";
    is_deeply challenges($path, token => $token), [200], "$path: none on a 200";
}
is_deeply challenges('/off'), [401], 'off: none for a missing token';
is_deeply challenges('/off', token => $bad), [401], 'off: none for a bad token';
for (['a missing token'], ['a bad token', token => $bad]) {
    my ($name, @request) = @$_;
    is_deeply challenges('/string', @request), [401, 'Bearer scope="a b"'], "a string stands on every 401: $name";
    is_deeply challenges('/variable', @request, headers => ['X-Name: here']), [401, 'Bearer resource_metadata="https://here/"'],
        "it may hold variables: $name";
    is_deeply challenges('/handled', @request), [401, 'Bearer resource_metadata="https://x/"'], "a named location can answer alone: $name";
}
is_deeply challenges('/string', token => $token), [200], 'a string: none on a 200';
is_deeply challenges('/handled', token => $token), [200], 'a named location does not touch a 200';
is $nginx->get('/handled')->body, 'handled', 'and answers in its own words';

is_deeply challenges('/rule', token => $token), [401, 'Bearer realm="closed site"' . $invalid], 'a rule that is broken makes the token invalid';
is_deeply challenges($_, token => $token), [403], "$_: none on a 403" for qw(/rule403 /string403);
is_deeply challenges('/rule403', token => $bad), [401, 'Bearer realm="closed site"' . $invalid], 'expired and under-scoped: 401, expiry wins';

is_deeply challenges('/realm', headers => ['X-Name: me']), [401, 'Bearer realm="site of me"'], 'the realm may hold variables';
is_deeply challenges('/realm', headers => ['X-Name: "q" \\ b']), [401, 'Bearer realm="site of \"q\" \\\\ b"'],
    'SPEC 66: quotes and backslashes in it are escaped';
is scalar(() = $nginx->get('/page')->headers('WWW-Authenticate')), 1, 'an error page of one\'s own keeps the one challenge';
is_deeply challenges('/rewritten'), [200], 'and loses it when it turns the 401 into a 200';
is_deeply challenges('/backend', token => $token), [401, 'Bearer realm="backend"'], "a backend's own challenge passes";
is_deeply challenges('/backend'), [401, 'Bearer realm="closed site"'], 'and is not there when the backend was not asked';
is_deeply challenges('/any', @$_), [200], 'satisfy any: none when another check let the request in' for [], [token => $bad];
is_deeply challenges('/on', method => 'HEAD'), [401, 'Bearer realm="closed site"'], 'HEAD gets the same challenge';
is_deeply challenges('/on', method => 'OPTIONS'), [401, 'Bearer realm="closed site"'], 'OPTIONS too';

finish();
