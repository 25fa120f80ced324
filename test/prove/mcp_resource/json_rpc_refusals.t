# What a refused client reads beside the challenge: a POST carries a message of JSON-RPC, and so does its answer, whatever the
# status. Several clients show their users nothing else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => '{"ok":true}');
my $port  = $backend->port;
my $proxy = "proxy_pass http://127.0.0.1:$port;";
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), secret => 'secret' });
    server {
        listen 127.0.0.1:%%PORT%%;
        mcp_scopes_supported mcp:read;
        location /mcp    { $protected mcp_scope mcp:read; mcp_scope mcp:write tool=write_*; $proxy }
        location /plain  { $protected mcp_scope mcp:read; $proxy }
        location /down   { mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_introspection http://127.0.0.1:1/ client_id=a client_secret_file=secret; $proxy }
        location /modern { $protected mcp_protocol_versions 2026-07-28; client_body_in_file_only on; $proxy }
        location /legacy { $protected mcp_protocol_versions 2025-03-26 2025-06-18 2025-11-25; $proxy }
        location /open   { $protected mcp_protocol_versions 2026-07-28; mcp_allow_anonymous server/discover subscriptions/listen; $proxy }
        location /page   { $protected error_page 401 = \@page; $proxy }
        location \@page  { return 401 "a page"; }
    }
CONF
my $token = access_token();
$nginx->passes_after('/mcp', token => $token);

# A refused POST: its status and the error; and what must hold of all.
sub refusal ($name, $path, $status, $code, $body, %request) {
    my $mark     = $nginx->log_mark;
    my $before   = $backend->requests;
    my $response = $nginx->get($path, method => 'POST', body => $body, %request);
    my $answer   = eval { from_json($response->body) } // {};
    my $error    = ref $answer->{error} ? $answer->{error} : {};
    my ($line)   = $nginx->log_lines($mark);
    my ($id, $reason) = ($line // '') =~ /mcp_resource: refused with $status \(([0-9a-f]{8})\): (\w+): / or diag 'no line in the log';
    my $shown = $id // 'none';
    subtest $name => sub {
        is $response->status, $status, "status $status";
        is $response->header('Content-Type'), 'application/json', 'JSON';
        is $answer->{jsonrpc}, '2.0', 'of JSON-RPC';
        ok exists $answer->{id}, 'an id, or null: clients refuse an error without';
        is_deeply [sort keys %$answer], [qw(error id jsonrpc)], 'and nothing else';
        is $error->{code}, $code, "code $code";
        like $error->{message} // '', qr/\w \(\Q$shown\E\)\z/, 'the message names the decision';
        is $error->{data}{decision_id}, $id, 'the data, too';
        is $error->{data}{reason}, $reason, 'and the reason';
        is scalar($backend->requests), $before, 'the backend does not hear of it';
    };
    return ($error, $answer->{id}, $response);
}

my $ping = message('ping');
my ($error, $id) = refusal('no token', '/mcp', 401, -32010, $ping);
like $error->{message}, qr/\Athe request has no access token \(/, 'says so';
ok !exists $error->{data}{oauth_error}, 'SPEC 64: and no error of OAuth';
is $id, undef, 'nobody has read the body of who may not ask';
($error) = refusal('an expired token', '/mcp', 401, -32010, $ping, token => access_token(exp => 1));
like $error->{message}, qr/\Athe token has expired \(/, 'says so';
is $error->{data}{oauth_error}, 'invalid_token', 'with the error of OAuth';
($error) = refusal('a token in the query', '/mcp?access_token=x', 400, -32600, $ping);
is $error->{data}{oauth_error}, 'invalid_request', 'with the error of OAuth';
($error) = refusal('a foreign origin', '/mcp', 403, -32011, $ping, token => $token, headers => ['Origin: https://evil.example.com']);
my $response;
($error, $id, $response) = refusal('a server that cannot be asked', '/down', 503, -32012, $ping, token => 'opaque');
ok $response->header('Retry-After'), 'and when to come back';

($error, $id) = refusal('a scope is missing, and the body was read', '/mcp', 403, -32011, message('tools/call', name => 'write_file'), token => $token);
is $id, 1, 'the id of the request';
like $error->{message}, qr/, missing mcp:write \(/, 'the message names the missing scope';
is_deeply [@{ $error->{data} // {} }{qw(oauth_error scope missing_scopes)}], ['insufficient_scope', 'mcp:read mcp:write', ['mcp:write']], 'and so does the data, beside all that are needed';
($error, $id) = refusal('a scope is missing, and nobody read the body', '/plain', 403, -32011, $ping, token => access_token(scope => ''));
is $id, undef, 'no id';
is_deeply $error->{data}{missing_scopes}, ['mcp:read'], 'the scope all the same';

# JSON-RPC 2.0 section 5: who sent no request has no id; that of a response is one that the server gave.
my $weak = access_token(scope => '');
for my $case (
    ['a string',       '{"jsonrpc":"2.0","id":"a\"b","method":"ping"}', 'a"b'],
    ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
    ['a response',     '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['a batch',        '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'],
    ['null',           '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
    ['an object',      '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
  )
{
    my ($name, $body, $expected) = @$case;
    (undef, $id) = refusal("the id of $name", '/mcp', 403, -32011, $body, token => $weak);
    is $id, $expected, 'is ' . ($expected // 'null');
}
($error, $id) = refusal('what is no JSON keeps its code', '/mcp', 400, -32700, '{', token => $token);
($error, $id) = refusal('a header that differs keeps its code', '/mcp', 400, -32020, $ping, token => $token, headers => ['Mcp-Method: tools/list']);
is $id, 1, 'with the id';

for my $method (qw(GET DELETE)) {
    $response = $nginx->get('/mcp', method => $method);
    is $response->body, '{"error":"credentials_missing","error_description":"the request has no access token"}', "$method has the small body";
    is from_json($nginx->get('/mcp', method => $method, token => 'x')->body)->{error}, 'invalid_token', 'with the error of OAuth';
}
is $nginx->get('/page', method => 'POST', body => $ping)->body, 'a page', 'a page of the operator stands instead';

# --- credentials of another scheme -----------------------------------------------------------------------------------------

for my $case (['DPoP a.b.c', 'it is DPoP, which is not supported: send a Bearer token that is not bound to a key'], ['Basic YTpi', 'it is Basic'], ['Secret-in-front', 'it has no scheme: write "Bearer " before the token']) {
    my ($value, $problem) = @$case;
    $nginx->keep_out_of_log($_) for qw(a.b.c YTpi Secret-in-front);
    my $mark = $nginx->log_mark;
    ($error, undef, $response) = refusal("Authorization: $value", '/mcp', 401, -32010, $ping, headers => ["Authorization: $value"]);
    like $error->{message}, qr/another scheme than Bearer: \Q$problem\E \(/, 'the message says which';
    like $nginx->log($mark), qr/\[error\].*credentials_not_bearer: the Authorization header is of another scheme than Bearer: \Q$problem\E,/, 'and so does the log';
    is $response->header('WWW-Authenticate'), qq(Bearer resource_metadata="$metadata", scope="mcp:read"), 'SPEC 64: a challenge without an error';
}

# --- versions ------------------------------------------------------------------------------------------------------------

my $initialize = message('initialize', protocolVersion => '2025-06-18', capabilities => {}, clientInfo => { name => 'a', version => '1' });
my @legacy = ('MCP-Protocol-Version: 2025-11-25');
my @modern = ('MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: ping');
sub version_refusal ($name, $path, $body, $requested, $supported, $expected_id, %request) {
    my ($error, $id) = refusal($name, $path, 400, -32022, $body, token => $token, %request);
    is_deeply $error->{data}{supported}, $supported, 'what is supported';
    is $error->{data}{requested}, $requested, 'what was asked for';
    is $id, $expected_id, 'the id';
    like $error->{message}, qr/\AUnsupported protocol version, this server speaks \Q$supported->[0]\E/, 'for people';
    return;
}
version_refusal('SPEC 30: a legacy initialize at a modern-only server', '/modern', $initialize, '2025-06-18', ['2026-07-28'], 1);
version_refusal('SPEC 30: also with a legacy header', '/modern', $initialize, '2025-11-25', ['2026-07-28'], 1, headers => \@legacy);
version_refusal('SPEC 30: any other request with a legacy header', '/modern', $ping, '2025-11-25', ['2026-07-28'], 1, headers => \@legacy);
version_refusal('SPEC 30: an initialize that proposes nothing', '/modern', message('initialize'), '', ['2026-07-28'], 1);
version_refusal('SPEC 30: a modern request at a legacy server', '/legacy', $ping, '2026-07-28', [qw(2025-11-25 2025-06-18 2025-03-26)], 1, headers => \@modern);
version_refusal('SPEC 30: a body that is not read has no id', '/modern', 'x', '2025-11-25', ['2026-07-28'], undef, headers => [@legacy, 'Content-Type: text/plain']);
version_refusal('SPEC 30: nor one that is large', '/modern', message('initialize', protocolVersion => 'x' x 20_000), '2025-11-25', ['2026-07-28'], undef, headers => \@legacy);
version_refusal('a strange version comes back short and printable', '/legacy', $ping, '1?"' . 'x' x 29, [qw(2025-11-25 2025-06-18 2025-03-26)], 1, headers => ["MCP-Protocol-Version: 1\xFF\"" . 'x' x 1000]);
($error, $id) = refusal('SPEC 31: another request without a version', '/modern', 400, -32020, $ping, token => $token);
is $id, 1, 'has its id';
refusal('an initialize that is too large is a request without a version', '/modern', 400, -32020, message('initialize', protocolVersion => 'x' x 20_000), token => $token);
refusal('SPEC 10: nobody learns about versions without a token', '/modern', 401, -32010, $initialize);
($error, $id) = refusal('where some methods are anonymous everybody does', '/open', 400, -32022, $initialize);
is $id, 1, 'with the id';
is $nginx->get('/modern', method => 'POST', token => $token, headers => \@modern, body => $ping)->status, 200, 'a request of the right version passes';
is(($backend->requests)[-1]->{body}, $ping, 'with its body');

finish();
