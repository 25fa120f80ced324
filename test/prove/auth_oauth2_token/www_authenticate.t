# auth_oauth2_token_www_authenticate: on every 401, and on nothing else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_introspect;
        auth_oauth2_token_require \$oauth2_token_sub;
        location /default { %%OK%% }
        location /on      { auth_oauth2_token_www_authenticate on; %%OK%% }
        location /off     { auth_oauth2_token_www_authenticate off; %%OK%% }
        location /string  { auth_oauth2_token_www_authenticate 'Bearer resource_metadata="\$http_x_uri"'; %%OK%% }
        location /named   { auth_oauth2_token_www_authenticate off; error_page 401 = \@named; error_page 403 = \@forbidden; auth_oauth2_token_require \$http_x_ok error=403; %%OK%% }
        location /other   { error_page 401 =200 /ok; %%OK%% }
        location /scope   { auth_oauth2_token_require \$http_x_ok error=403; %%OK%% }
        location = /ok    { auth_oauth2_token_introspect off; %%OK%% }
        location \@named     { internal; add_header WWW-Authenticate 'Bearer resource_metadata="https://x"' always; return 401; }
        location \@forbidden { internal; add_header WWW-Authenticate 'Bearer error="insufficient_scope"' always; return 403; }
        location = /_introspect { internal; auth_oauth2_token_introspect off; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF
my @ok = ('X-Ok: 1', 'X-Uri: https://x');

sub challenge ($path, $token = undef, $headers = \@ok) {
    my $response = $nginx->get($path, headers => $headers, defined $token ? (token => $token) : ());
    return join ' | ', $response->status, $response->headers('WWW-Authenticate');
}

for my $answer ('{"active":false}', '{"active":true}', '{"active":true,"sub":"a","exp":1}') {
    $as->answer('/introspect', body => $answer);
    for my $path (qw(/default /on)) {
        is challenge($path), '401 | Bearer', "$path: SPEC 64: no error code without credentials";
        is challenge($path, 'bad-token'), '401 | Bearer error="invalid_token"', "$path: $answer";
    }
    is challenge('/off'), '401', 'off: nothing without credentials';
    is challenge('/off', 'bad-token'), '401', "off: $answer";
    is challenge('/string'), '401 | Bearer resource_metadata="https://x"', 'string: without credentials';
    is challenge('/string', 'bad-token'), '401 | Bearer resource_metadata="https://x"', "string: $answer";
    is challenge('/named', $_), '401 | Bearer resource_metadata="https://x"', 'off: a named location answers alone' for undef, 'bad-token';
    is challenge('/other', $_), '200', 'an error page that makes a 200 of it has no challenge' for undef, 'bad-token';
}
unlike challenge('/string', undef, ["X-Uri: a\x01b"]), qr/\x01/, 'control characters do not get into the header';

$as->answer('/introspect', body => '{"active":true,"sub":"a"}');
is challenge($_, 'good-token'), '200', "$_: nothing on a 200" for qw(/default /on /off /string /named /scope);
is challenge('/scope', 'good-token', []), '403', 'nothing on a 403';
is challenge('/named', 'good-token', []), '403 | Bearer error="insufficient_scope"', 'where a named location answers alone';
$as->answer('/introspect', status => 500);
is challenge($_, 'good-token'), '503', "$_: nothing on a 503" for qw(/default /on /off /string /named);

finish();
