# What was judged is what is done: nginx chooses the location by its own reading of the path, and a backend without a URI in
# proxy_pass gets the path as it came. One that somebody could read as another one is refused.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
no warnings 'qw';    # a fragment is no comment

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $port  = $backend->port;
my $proxy = "proxy_pass http://127.0.0.1:$port;";
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read admin write;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        merge_slashes off;
        location /mcp       { $protected mcp_scope mcp:read; $proxy }
        location /admin/mcp { $protected mcp_scope admin; $proxy }
        location /anon      { $protected mcp_allow_anonymous ping tools/*; mcp_scope write tool=write_*; $proxy }
        location /page      { $protected error_page 401 = /mcp/page; $proxy }
        location /open      { $proxy }
    }
CONF
my $token = access_token();
my $ping  = message('ping');

sub asks ($path, %request) { return $nginx->get($path, method => 'POST', body => $ping, %request) }

# Judged as /anon, which is anonymous, or as /mcp, whose scope the token has; done as /admin/mcp by who reads it otherwise.
my @ambiguous = map {
    my $path = $_;
    map { $_ =~ s/PATH/$path/r } qw(/admin/mcp/../..PATH /admin/mcp/..%2f..PATH /admin/mcp/%2e%2e/%2E%2EPATH /admin/mcp/.././..PATH), map { "PATH$_" }
        qw(/..;/admin/mcp /..%2fadmin/mcp /..%5cadmin%5cmcp \\..\\admin\\mcp /.../x //x /x;y /%3bx /x#/../admin/mcp /%23x /%3fx /%252e%252e/admin/mcp /%61 /%c0%af /%0a /%ff)
} '/anon', '/mcp';
for my $path (@ambiguous) {
    my $before = $backend->requests;
    for my $case (['without a token'], ['with one', token => $token]) {
        my ($name, @with) = @$case;
        my $response = asks($path, @with);
        is $response->status, 400, "$path, $name: 400";
        is +(eval { from_json($response->body) } // {})->{error}{data}{reason}, 'path_ambiguous', 'with its reason';
    }
    is scalar($backend->requests), $before, 'the backend does not hear of it';
}
for my $method (qw(GET DELETE OPTIONS)) {
    is $nginx->get('/mcp//x', method => $method, token => $token, headers => ['Origin: http://a', 'Access-Control-Request-Method: POST'])->status, 400, "$method, too";
}
for my $target ('/mcp//x', '/admin/mcp/../../mcp') {
    my $request = join "\r\n", "POST http://a$target HTTP/1.1", 'Host: a', 'Connection: close', "Authorization: Bearer $token", 'Content-Type: application/json', 'Content-Length: ' . length $ping, '', $ping;
    $nginx->keep_out_of_log($token);
    is $nginx->get('/mcp', raw => $request)->status, 400, "in absolute form: $target";
}
is $nginx->get_http2('/mcp//x', token => $token, port => 'PORT_H2')->status, 400, 'HTTP/2';

for my $path ('/mcp', '/mcp/', '/mcp/x%20y', '/mcp/%C3%BC/%c3%bc', '/mcp/.well-known/a..b', '/mcp/@a:b,c!$&', '/mcp/%40a%3Ab', '/mcp?x=/../a//b%2f;c') {
    is asks($path, token => $token)->status, 200, "$path passes";
    is(($backend->requests)[-1]->{uri}, $path, 'as it came');
}
is $nginx->get('/open/..;/x//y')->status, 200, 'elsewhere nothing of it is looked at';

# --- operations that a scope rule names ---------------------------------------------------------------------------------

sub call ($name) { return message('tools/call', name => $name) }
is asks('/anon', body => call('read'))->status, 200, 'an anonymous tool';
my $refused = asks('/anon', body => call('write_x'));
is $refused->status, 401, 'a tool whose scope a rule asks for is not anonymous';
like $refused->header('WWW-Authenticate'), qr/scope="write"/, 'and the challenge says which';
is asks('/anon', body => call('write_x'), token => $token)->status, 403, 'a token needs that scope';
is asks('/anon', body => call('write_x'), token => access_token(scope => 'write'))->status, 200, 'and passes with it';
is asks('/anon', body => '[' . call('read') . ',' . call('write_x') . ']')->status, 401, 'nor is a batch that has one';

finish();
