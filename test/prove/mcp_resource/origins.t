# Browsers: the Origin of every request is checked (SPEC 26), preflights are answered without a token, and pages of an
# allowed origin may read what they get.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend', headers => [['Content-Type', 'text/plain'], ['Access-Control-Allow-Origin', '*'], ['Access-Control-Expose-Headers', 'X'], ['Vary', 'Accept'], ['Mcp-Session-Id', 's']]);
my $port  = $backend->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp    { $protected mcp_scope mcp:read; mcp_allowed_origins https://app.example.com HTTP://LocalHost:6274 https://port.example.com:443; proxy_pass http://127.0.0.1:$port; }
        location /apps   { $protected mcp_allowed_origins chrome-extension://abcdefghijklmnopabcdefghijklmnop moz-extension://0f1e2d3c-aaaa vscode-webview://1abcX; %%OK%% }
        location /null   { $protected mcp_allowed_origins null; %%OK%% }
        location /own    { $protected %%OK%% }
        location /modern { $protected mcp_protocol_versions 2026-07-28; %%OK%% }
        location /any    { $protected satisfy any; allow all; %%OK%% }
        location /denied { $protected satisfy any; deny all; %%OK%% }
    }
CONF
my $token = access_token();
my $page  = 'https://app.example.com';
sub with ($origin, @more) { return (headers => ["Origin: $origin"], @more) }

for my $origin ('https://evil.example.com', 'null', '', 'http://app.example.com', 'https://app.example.com:8443', 'https://app.example.com.evil.com', 'https://xapp.example.com',
    "$page/", "$page/path", "$page?q", "$page#f", 'https://user@app.example.com', 'app.example.com', '*', "$page, $page", "$page https://evil.example.com", 'https://app.example.com.', 'HTTPS://[::1]', "\xC3\xA9", 'https://') {
    for my $path (qw(/mcp /own /any)) {
        my $mark     = $nginx->log_mark;
        my $response = $nginx->get($path, with($origin, token => $token));
        is $response->status, 403, "SPEC 26: $path: Origin '$origin' is refused, with a good token";
        is $response->header($_), undef, "$_ says nothing" for qw(WWW-Authenticate Access-Control-Allow-Origin);
        like $nginx->log($mark), qr/refused with 403 \([0-9a-f]{8}\): origin_not_allowed/, 'the reason in the log';
    }
    is $nginx->get('/mcp', with($origin))->status, 403, "and without one";
    my $preflight = $nginx->get('/mcp', method => 'OPTIONS', headers => ["Origin: $origin", 'Access-Control-Request-Method: POST']);
    is join(' ', $preflight->status, $preflight->header('Access-Control-Allow-Origin') // 'none'), '403 none', 'and its preflight';
}
is $nginx->get('/mcp', headers => ["Origin: $page", "Origin: $page"], token => $token)->status, 403, 'SPEC 26: two Origin headers are refused';
is $nginx->get('/mcp', headers => ["Origin: $page", 'origin: https://evil.example.com'], token => $token)->status, 403, 'in any case and order';
is $nginx->get_http2('/mcp', port => 'PORT_H2', headers => ['Origin: https://evil.example.com'], token => $token)->status, 403, 'HTTP/2: a foreign origin is refused';

for my $origin ($page, 'HTTPS://APP.EXAMPLE.COM', 'https://app.example.com:443', 'http://localhost:6274', 'https://port.example.com', 'https://mcp.example.com') {
    my $response = $nginx->get('/mcp', with($origin, token => $token));
    is $response->status, 200, "$origin is allowed";
    is $response->header('Access-Control-Allow-Origin'), $origin, 'and may read, as the one and only';
    is $response->header('Access-Control-Expose-Headers'), 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version', 'with these headers';
    is $response->header('Vary'), 'Accept | Origin', 'caches know that it depends';
    is $response->header('Access-Control-Allow-Credentials'), undef, 'no cookies';
}
for my $case ([401], [401, token => access_token(exp => 1)], [403, token => access_token(scope => 'x')]) {
    my ($status, @token) = @$case;
    my $response = $nginx->get('/mcp', with($page, @token));
    is $response->status, $status, "a page gets its $status";
    is $response->header('Access-Control-Allow-Origin'), $page, 'and may read it';
    like $response->header('Access-Control-Expose-Headers'), qr/WWW-Authenticate/, 'with the challenge';
    is scalar($response->headers('WWW-Authenticate')), 1, 'which is there';
}
is $nginx->get('/own', with('https://mcp.example.com', token => $token))->status, 200, 'the own origin of the resource needs no mention';
# Extensions and applications: what the browser writes, byte by byte.
for my $case (['/apps', 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'], ['/apps', 'moz-extension://0f1e2d3c-aaaa'], ['/apps', 'vscode-webview://1abcX'], ['/null', 'null']) {
    my ($path, $origin) = @$case;
    my $response = $nginx->get($path, with($origin, token => $token));
    is $response->status, 200, "SPEC 26: $origin is allowed where it is written out";
    is $response->header('Access-Control-Allow-Origin'), $origin, 'and may read';
    like $response->header('Access-Control-Expose-Headers'), qr/WWW-Authenticate/, 'with our headers';
    $response = $nginx->get($path, with($origin));
    is join(' ', $response->status, $response->header('Access-Control-Allow-Origin')), "401 $origin", 'its 401, too';
    $response = $nginx->get($path, method => 'OPTIONS', headers => ["Origin: $origin", 'Access-Control-Request-Method: POST']);
    is join(' ', $response->status, $response->header('Access-Control-Allow-Origin')), "204 $origin", 'and its preflight is answered';
    is $nginx->get('/own', with($origin, token => $token))->status, 403, 'nowhere else';
}
for my $origin (
    'null', 'chrome-extension://abcdefghijklmnopabcdefghijklmno', 'chrome-extension://abcdefghijklmnopabcdefghijklmnopx', 'chrome-extension://ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP', 'moz-extension://abcdefghijklmnopabcdefghijklmnop',
    'vscode-webview://1abcx', 'vscode-webview://1abcX/', 'vscode-webview://1abcX:1', 'vscode-webview://', 'https://1abcX', 'vscode-webview://1abcX, vscode-webview://1abcX',
  )
{
    is $nginx->get('/apps', with($origin, token => $token))->status, 403, "SPEC 26: $origin is another";
}
is $nginx->get('/null', with($_, token => $token))->status, 403, "SPEC 26: $_ is not null" for 'NULL', 'Null', 'null, null', 'nullx', '""';

my $plain = $nginx->get('/mcp', token => $token);
is $plain->status, 200, 'who is no browser sends no Origin';
is $plain->header('Access-Control-Allow-Origin'), '*', 'and gets what the backend says';

# --- preflights ---------------------------------------------------------------------------------------------------------

sub preflight ($path, $origin = $page, @more) {
    return $nginx->get($path, method => 'OPTIONS', headers => ["Origin: $origin", 'Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization,content-type,mcp-method,x-own'], @more);
}
my $before   = $backend->requests;
my $response = preflight('/mcp');
is $response->status, 204, 'SPEC 26: a preflight is answered without a token';
is $response->header('Access-Control-Allow-Origin'), $page, 'for its origin';
is $response->header('Access-Control-Allow-Methods'), 'GET, POST, DELETE, OPTIONS', 'with the methods';
like $response->header('Access-Control-Allow-Headers'), qr/\bAuthorization\b.*\bMCP-Protocol-Version\b.*\bMcp-Session-Id\b/, 'and headers of MCP clients';
like $response->header('Vary'), qr/Origin/, 'caches know that it depends';
is $response->header('WWW-Authenticate'), undef, 'no challenge';
is $response->body, '', 'no body';
is scalar($backend->requests), $before, 'and the backend does not hear of it';
is preflight('/modern', 'https://mcp.example.com')->header('Access-Control-Allow-Methods'), 'POST, OPTIONS', 'SPEC 42: the methods of modern revisions';
is preflight('/own')->status, 403, 'an origin that only another location allows is foreign';
is preflight("/mcp?access_token=$token")->status, 204, 'a preflight carries no request';
is $nginx->get('/mcp', method => 'OPTIONS', headers => ["Origin: $page"])->status, 401, 'OPTIONS without its question is no preflight';
is $nginx->get('/mcp', method => 'OPTIONS', headers => ['Access-Control-Request-Method: POST'])->status, 401, 'nor without an origin';
is $nginx->get('/mcp', method => 'POST', headers => ["Origin: $page", 'Access-Control-Request-Method: POST'])->status, 401, 'nor by another method';

is $nginx->get('/any', with('https://mcp.example.com'))->status, 200, 'satisfy any: an allowed address needs no token';
is $nginx->get('/denied', with('https://evil.example.com'))->status, 403, 'satisfy any: a foreign origin is refused';
is $nginx->get('/denied', with('https://mcp.example.com'))->status, 401, 'satisfy any: its own needs a token';

finish();
