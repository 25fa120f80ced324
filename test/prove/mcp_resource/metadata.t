# The metadata document (RFC 9728): which paths answer, what they say, and to whom.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $well_known = '/.well-known/oauth-protected-resource';
my $common     = 'mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp { $protected mcp_scope mcp:read mcp:list; mcp_scope mcp:write tool=x; mcp_scope mcp:read; location /mcp/deep { %%OK%% } %%OK%% }
    }
    server {
        listen 127.0.0.1:%%PORT_SEVERAL%%;
        rewrite ^/redirected\$ $well_known/a last;
        location /a { mcp_resource https://h.example.com/a; $common mcp_scopes_supported one two; %%OK%% }
        location /b { mcp_resource https://H.example.com:443/b?tenant=1; mcp_authorization_server https://as.example.com https://other.example.com; mcp_issuer iss; mcp_jwks jwks.json; %%OK%% }
        location /c { mcp_resource https://h.example.com/c; $common mcp_scope one; mcp_challenge_scope one two; mcp_scope three tool=x; %%OK%% }
        location /d { mcp_resource https://h.example.com/d; $common mcp_scope one; mcp_challenge_scope one two; mcp_scopes_supported one; %%OK%% }
        location / { return 404 "nginx\\n"; }
    }
    server {
        listen 127.0.0.1:%%PORT_DEFAULT%%;
        location /a { mcp_resource https://h.example.com/a; $common %%OK%% }
        location /b { mcp_resource https://h.example.com/b default; $common mcp_metadata_uri https://h.example.com/meta/b.json; %%OK%% }
    }
    server {
        listen 127.0.0.1:%%PORT_ROOT%%;
        location / { mcp_resource https://h.example.com; $common %%OK%% }
    }
    server {
        listen 127.0.0.1:%%PORT_OFF%%;
        location /mcp { $protected mcp_audience https://old.example.com; location /mcp/open { mcp_resource off; %%OK%% } %%OK%% }
        return 410;
    }
    server {
        listen 127.0.0.1:%%PORT_ENCODED%%;
        location "/a b" { mcp_resource https://h.example.com/a%20b; $common %%OK%% }
        location /caf   { mcp_resource https://h.example.com/caf%C3%A9; $common %%OK%% }
        location /x     { mcp_resource https://h.example.com/x%2Fy; $common %%OK%% }
        location /s     { mcp_resource https://h.example.com/s//t; $common %%OK%% }
    }
    server { listen 127.0.0.1:%%PORT_NONE%%; location / { %%OK%% } }
    server {
        listen 127.0.0.1:%%PORT_NAMED%%;
        mcp_resource_policy_uri https://h.example.com/privacy;
        mcp_resource_tos_uri    https://h.example.com/terms#mcp;
        location /a {
            mcp_resource https://h.example.com/a; $common %%OK%%
            mcp_resource_name 'The "Weather"'; mcp_resource_name "Wetter f\xC3\xBCr alle" language=de-AT;
            mcp_resource_documentation https://h.example.com/docs?x=1;
            mcp_resource_tos_uri https://h.example.com/a/terms; mcp_resource_tos_uri https://h.example.com/a/agb language=de;
            location /a/b { mcp_resource https://h.example.com/a/b; $common %%OK%% }
        }
    }
CONF

sub document ($path, %request) {
    my $response = $nginx->get($path, %request);
    is $response->status, 200, "SPEC 56: $path answers 200" or return {};
    is $response->header('Content-Type'), 'application/json', 'application/json';
    is $response->header('Access-Control-Allow-Origin'), '*', 'for pages of any origin';
    is $response->header('WWW-Authenticate'), undef, 'without a challenge';
    return from_json($response->body);
}

my $document = { resource => $resource, authorization_servers => ['https://as.example.com'], scopes_supported => ['mcp:read', 'mcp:list'], bearer_methods_supported => ['header'] };
is_deeply document("$well_known/mcp"), $document, 'SPEC 1, 2, 6, 54: the document, with the scopes that every request needs';
is_deeply document($well_known), $document, 'SPEC 3: the only resource answers at the root, too';
is_deeply document("$well_known/mcp?x=1"), $document, 'a query does not matter';
is_deeply document("$well_known/mcp", token => 'garbage', headers => ['Origin: https://evil.example.com', 'MCP-Protocol-Version: 1']), $document, 'nor do credentials, an origin or a version';
is_deeply document("$well_known/mcp", raw => "GET $well_known/mcp HTTP/1.1\r\nHost: evil.example.com\r\nX-Forwarded-Host: evil.example.com\r\nConnection: close\r\n\r\n"), $document, 'SPEC 57: nothing in it comes from the request';
is_deeply from_json($nginx->get_http2("$well_known/mcp", port => 'PORT_H2')->body), $document, 'HTTP/2';
my $bytes = $nginx->get("$well_known/mcp")->body;
is $bytes, '{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://as.example.com"],"scopes_supported":["mcp:read","mcp:list"],"bearer_methods_supported":["header"]}', 'its bytes';

for my $path ("$well_known/mcp/", "$well_known/", "$well_known/MCP", "$well_known/mcpx", "$well_known/mcp/deep", "$well_known/other", "${well_known}x", '/.well-known/oauth-authorization-server', '/.well-known/') {
    is $nginx->get($path)->status, 404, "$path is nobody's";
}
is_deeply document("/.well-known/../.well-known//oauth-protected-resource/mcp"), $document, 'a path that nginx normalizes to it';

my $head = $nginx->get("$well_known/mcp", method => 'HEAD', raw => "HEAD $well_known/mcp HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
is join(' ', $head->status, $head->header('Content-Length'), $head->header('Content-Type')), '200 ' . length($bytes) . ' application/json', 'HEAD';
my $options = $nginx->get("$well_known/mcp", method => 'OPTIONS', headers => ['Origin: https://any.example.com', 'Access-Control-Request-Method: GET', 'Access-Control-Request-Headers: mcp-protocol-version']);
is $options->status, 204, 'a preflight is answered';
is $options->header('Access-Control-Allow-Origin'), '*', 'for any origin';
like $options->header('Access-Control-Allow-Headers'), qr/MCP-Protocol-Version/i, 'SDKs send their version here, too';
like $options->header('Access-Control-Allow-Methods'), qr/GET/, 'GET';
for my $method (qw(POST PUT DELETE PATCH)) {
    my $response = $nginx->get("$well_known/mcp", method => $method, body => 'x' x 100);
    is join(' ', $response->status, $response->header('Allow')), '405 GET, HEAD, OPTIONS', "$method gets 405, and what would be right";
}

# What clients may show to people (RFC 9728 section 2).
my %bare = (authorization_servers => ['https://as.example.com'], bearer_methods_supported => ['header']);
is_deeply document("$well_known/a", port => 'PORT_NAMED'), {
    %bare, resource => 'https://h.example.com/a', resource_name => 'The "Weather"', 'resource_name#de-AT' => "Wetter f\xFCr alle", resource_documentation => 'https://h.example.com/docs?x=1',
    resource_policy_uri => 'https://h.example.com/privacy', resource_tos_uri => 'https://h.example.com/a/terms', 'resource_tos_uri#de' => 'https://h.example.com/a/agb',
}, 'names and pages, in several languages; the level below says a member as a whole';
is_deeply document("$well_known/a/b", port => 'PORT_NAMED'), {
    %bare, resource => 'https://h.example.com/a/b', resource_documentation => 'https://h.example.com/docs?x=1',
    resource_policy_uri => 'https://h.example.com/privacy', resource_tos_uri => 'https://h.example.com/a/terms', 'resource_tos_uri#de' => 'https://h.example.com/a/agb',
}, 'another resource below has the pages, and not the name';

# Several resources in one server.
is_deeply document("$well_known/a", port => 'PORT_SEVERAL'),
    { resource => 'https://h.example.com/a', authorization_servers => ['https://as.example.com'], scopes_supported => ['one', 'two'], bearer_methods_supported => ['header'] }, 'the first';
is_deeply document("$well_known/b?tenant=1", port => 'PORT_SEVERAL'),
    { resource => 'https://h.example.com/b?tenant=1', authorization_servers => ['https://as.example.com', 'https://other.example.com'], bearer_methods_supported => ['header'] },
    'SPEC 20, 54, 56: the second: canonical, with its query, and without empty lists';
is_deeply document("$well_known/c", port => 'PORT_SEVERAL')->{scopes_supported}, ['one', 'two'], 'SPEC 6: what the challenge names is there, too: some clients ask for these alone';
is_deeply document("$well_known/d", port => 'PORT_SEVERAL')->{scopes_supported}, ['one'], 'unless the operator says more';
is $nginx->get("$well_known/b$_", port => 'PORT_SEVERAL')->status, 404, "not at b$_" for '', '?tenant=2', '?tenant=1&x=2';
is $nginx->get($well_known, port => 'PORT_SEVERAL')->status, 404, 'none of several answers at the root';
is $nginx->get($well_known, port => 'PORT_SEVERAL')->body, "nginx\n", 'which is left to nginx';
is $nginx->get('/redirected', port => 'PORT_SEVERAL')->status, 404, 'a rewrite comes after the documents';

is document($well_known, port => 'PORT_DEFAULT')->{resource}, 'https://h.example.com/b', 'the default answers at the root';
is document($_, port => 'PORT_DEFAULT')->{resource}, 'https://h.example.com/b', "and at $_" for "$well_known/b", '/meta/b.json';
is document("$well_known/a", port => 'PORT_DEFAULT')->{resource}, 'https://h.example.com/a', 'the other at its own path';
is parameters($nginx->get('/b', port => 'PORT_DEFAULT')->header('WWW-Authenticate'))->{resource_metadata}, 'https://h.example.com/meta/b.json', 'the challenge names the configured URI';

is document($well_known, port => 'PORT_ROOT')->{resource}, 'https://h.example.com', 'SPEC 20: a resource without a path';
is $nginx->get("$well_known/mcp", port => 'PORT_ROOT')->status, 401, 'and there, other paths belong to the resource';
is_deeply document($well_known, port => 'PORT_OFF')->{resource}, $resource, 'a server that returns something for everything else still serves it';
is $nginx->get($well_known, port => 'PORT_NONE')->status, 200, 'a server without resources: nginx decides';
is $nginx->get($well_known, port => 'PORT_NONE')->body, "ok\n", 'alone';

# Clients ask for what the challenge says, byte by byte; nginx decodes paths and merges slashes.
for my $case (['/a%20b', '/a%20b'], ['/caf%C3%A9', '/caf%C3%A9'], ['/x%2Fy', '/x'], ['/s//t', '/s']) {
    my ($path, $location) = @$case;
    my $challenge = $nginx->get($location, port => 'PORT_ENCODED')->header('WWW-Authenticate');
    is parameters($challenge)->{resource_metadata}, "https://h.example.com$well_known$path", "$path: what is advertised";
    is document("$well_known$path", port => 'PORT_ENCODED')->{resource}, "https://h.example.com$path", 'is where it is';
}
is document("$well_known/caf%c3%a9", port => 'PORT_ENCODED')->{resource}, 'https://h.example.com/caf%C3%A9', 'an equivalent spelling is found, too';
is document("$well_known/s/t", port => 'PORT_ENCODED')->{resource}, 'https://h.example.com/s//t', 'as nginx takes it';

finish();
