# What keeps a question from being understood, though the authorization server is well: the log says what, where, and what
# to do.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $as_port = $as->port;
my $yes     = '{"active":true}';
$as->answer('/good',    body => $yes);
$as->answer('/refuses', status => 401, body => '{"error":"invalid_client"}');
$as->answer('/calls_it_invalid', status => 400, body => '{"error":"invalid_client"}');
$as->answer('/hints',   first => "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", body => $yes);
my $early = "HTTP/1.1 103 Early Hints\r\n\r\n";
$as->answer('/hangs',   first => $early, body => $yes, stall => length $early);
$as->answer('/continues', first => "HTTP/1.1 100 Continue\r\n\r\n", body => $yes);
my $introspect = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint';
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_set_header Authorization "";
        location /stripped      { $introspect /_stripped/refuses; %%OK%% }
        location /as_invalid    { $introspect /_stripped/calls_it_invalid; %%OK%% }
        location /exchange      { auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_stripped/refuses; %%OK%% }
        location /own           { $introspect /_own/good; %%OK%% }
        location /wrong         { $introspect /_own/refuses; %%OK%% }
        location /other         { $introspect /_other/refuses; %%OK%% }
        location /hints         { $introspect /_own/hints; %%OK%% }
        location /hangs         { $introspect /_own/hangs; %%OK%% }
        location /continues     { $introspect /_own/continues; %%OK%% }
        location /_stripped/    { internal; proxy_pass http://127.0.0.1:$as_port/; }
        location /_own/         { internal; proxy_set_header Accept application/json; proxy_pass http://127.0.0.1:$as_port/; }
        location /_other/       { internal; proxy_set_header authorization "Basic b3RoZXI6c2VjcmV0"; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
$nginx->keep_out_of_log('secret-of-the-gateway', 'b3RoZXI6c2VjcmV0');
$nginx->passes_after('/own', token => 'a-token');

sub unavailable ($name, $path, $reason) {
    return $nginx->refuses($name, path => $path, token => 'a-token', status => 503, reason => $reason);
}
sub credentials () { return TestNginx::Origin::header(($as->requests)[-1], 'Authorization') }

my $hint = qr/: location "\/_stripped\/" sent no Authorization header: a "proxy_set_header Authorization" of the server or http level removes it; write another "proxy_set_header" in that location, then it inherits none/;
unavailable('a server that strips the header', '/stripped', qr/server_refuses_client.*gave status 401, "invalid_client"$hint/);
unavailable('the same, and it gets 400', '/as_invalid', qr/server_refuses_client.*gave status 400, "invalid_client"$hint/);
unavailable('the same, exchange', '/exchange', qr/server_refuses_client.*gave status 401, "invalid_client"$hint/);
is $nginx->get('/own', token => 'a-token')->status, 200, 'a proxy_set_header of its own helps';
like credentials(), qr/\ABasic /, 'the credentials are sent';
unavailable('refused, but they were sent', '/wrong', qr/server_refuses_client.*gave status 401, "invalid_client", client:/);
unavailable('refused, and others were sent', '/other', qr/server_refuses_client.*gave status 401, "invalid_client", client:/);

my $interim = sub ($status) { qr/gave status $status: location "\/_own\/" got an interim response \($status\), which nginx takes for the answer; use "proxy_http_version 1\.0" there, or make the server send none/ };
unavailable('103 before the answer', '/hints', $interim->(103));
unavailable('103 and no answer', '/hangs', $interim->(103));
unavailable('100 before the answer', '/continues', $interim->(100));

finish();
