# What one side of introspection knows stays there: variables of the request and of the subrequest do not mix.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true,"sub":"alice"}');
$as->answer('/backend', body => 'hello');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    log_format seen "\$http_authorization|\$http_cookie|\$content_type|\$request_body|\$content_length";
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/access.log seen;
        set \$tenant none;
        if (\$http_authorization = none) { return 400; }
        if (\$http_cookie = none) { return 400; }
        if (\$content_type = none) { return 400; }
        location /mcp {
            set \$tenant blue;
            auth_oauth2_token_introspect on;
            auth_oauth2_token_introspect_endpoint /_introspect;
            proxy_set_header X-Seen "\$http_authorization|\$http_cookie|\$content_type";
            proxy_set_header Authorization "";
            proxy_pass http://127.0.0.1:$as_port/backend;
        }
        location = /_introspect {
            internal;
            log_subrequest on;
            proxy_set_header X-Seen "\$http_authorization|\$http_cookie|\$content_type|\$cookie_a|\$tenant|\$request_body";
            proxy_pass http://127.0.0.1:$as_port/introspect;
        }
    }
CONF

sub seen ($path) { return TestNginx::Origin::header(($as->requests($path))[-1], 'X-Seen') }

my $response = $nginx->get('/mcp', token => 'token-of-the-client', method => 'POST', body => 'body', headers => ['Cookie: a=b', 'Content-Type: application/json']);
is $response->status, 200, 'the request passes';
is seen('/introspect'), 'Basic Z2F0ZXdheTpzZWNyZXQtb2YtdGhlLWdhdGV3YXk=||application/x-www-form-urlencoded||none|token=token-of-the-client&token_type_hint=access_token',
    'the subrequest sees its own headers; "set" runs in it as in every request of this server';
is seen('/backend'), 'Bearer token-of-the-client|a=b|application/json', 'the request sees its own';
my @lines;
wait_for(10, sub { (@lines = split /\n/, TestNginx::Report::slurp($nginx->dir . '/access.log')) == 2 });
is $lines[-1], 'Bearer token-of-the-client|a=b|application/json|body|4', 'also in the access log';
unlike $lines[-1], qr/Basic/, 'so that nobody finds our secret there';

finish();
