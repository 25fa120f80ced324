# mcp_scope with method= and tool=, mcp_scope_implies: what an operation needs, in every era of the protocol; and headers
# that say something else than the body.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $port  = $backend->port;
my $proxy = "proxy_pass http://127.0.0.1:$port;";
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported read;
    mcp_scope_implies admin read write;
    mcp_scope_implies write list;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp {
            $protected
            mcp_scope read;
            mcp_scope write tool=write_*;
            mcp_scope admin tool=*delete*; mcp_scope admin prompt=*delete*;
            mcp_scope list method=*/list;
            mcp_scope files resource=file:///etc/*;
            location /mcp/stricter { mcp_scope extra; mcp_scope more method=ping; $proxy }
            $proxy
        }
        location /modern { $protected mcp_protocol_versions 2026-07-28; mcp_scope x method=none; $proxy }
        location /legacy { $protected mcp_protocol_versions 2025-11-25 2025-06-18; mcp_scope x method=none; $proxy }
        location /plain  { $protected mcp_scope read; $proxy }
    }
CONF

my @modern = ('MCP-Protocol-Version: 2026-07-28');
sub token_with (@scopes) { return access_token(scope => "@scopes") }
sub mirrored ($method, $name = undef) { return [@modern, "Mcp-Method: $method", defined $name ? "Mcp-Name: $name" : ()] }

# A request with a body; what came of it, and whether the backend saw it.
sub outcome ($path, $body, $token, $headers = []) {
    my $before   = $backend->requests // 0;
    my $response = post($nginx, $path, $body, token => $token, headers => $headers);
    my $reached  = ($backend->requests // 0) - $before;
    return ($response, $response->status . ($reached ? ' reached' : ''));
}
sub is_outcome ($wanted, $name, @request) {
    my ($response, $outcome) = outcome(@request);
    is $outcome, $wanted, $name;
    return $response;
}
sub needs ($scopes, $name, @request) {
    my $response = is_outcome(403, $name, @request);
    is parameters($response->header('WWW-Authenticate') // 'Bearer ')->{scope}, $scopes, "$name: all that it needs";
    return;
}

# --- both eras ----------------------------------------------------------------------------------------------------------

for my $case (
    ['read write', 'tools/call', 'write_file'], ['read write', 'tools/call', 'write_'], ['read admin', 'tools/call', 'delete_all'],
    ['read write admin', 'tools/call', 'write_or_delete'], ['read admin', 'prompts/get', 'delete'], ['read list', 'tools/list'], ['read list', 'resources/list'],
    ['read files', 'resources/read', 'file:///etc/passwd'], ['read', 'tools/call', 'Write_file'], ['read', 'tools/call', 'read_file'], ['read', 'ping'],
    ['read', 'resources/read', 'file:///tmp/x'], ['read', 'prompts/get', 'write_file'], ['read', 'Tools/list/'],
) {
    my ($scopes, $method, $name) = @$case;
    my $member = $method =~ /^resources/ ? 'uri' : 'name';
    my $body   = message($method, defined $name ? ($member => $name, arguments => { name => 'write_x' }) : ());
    my $what   = join ' ', $method, $name // ();
    for my $era ([legacy => []], [modern => mirrored($method, $name)], ['2025-11-25' => ['MCP-Protocol-Version: 2025-11-25']]) {
        needs($scopes, "$what, $era->[0], nothing granted", '/mcp', $body, token_with(), $era->[1]);
        is_outcome('200 reached', "$what, $era->[0], all granted", '/mcp', $body, token_with(split / /, $scopes), $era->[1]);
        next if $scopes eq 'read';
        needs($scopes, "$what, $era->[0], one missing", '/mcp', $body, token_with('read'), $era->[1]);
    }
}
is_outcome('200 reached', 'SPEC 19: admin implies read', '/mcp', message('ping'), token_with('admin'));
is_outcome('200 reached', 'SPEC 19: and write, which implies list', '/mcp', message('tools/list'), token_with('admin'));
is_outcome('403', 'SPEC 19: but write does not imply read', '/mcp', message('tools/list'), token_with('write'));
is_outcome('200 reached', 'scopes in a list', '/mcp', message('ping'), access_token(scope => ['read', 'x']));
is_outcome('200 reached', 'in "scp"', '/mcp', message('ping'), access_token(scope => undef, scp => ['read']));
is_outcome('403', "not like it: $_", '/mcp', message('ping'), access_token(scope => $_)) for 'READ', 'reader', 're', 'read,write', "read\twrite", '';

needs('read extra', 'a location below adds to what is demanded', '/mcp/stricter', message('x'), token_with('read'));
needs('read extra more', 'with all its rules', '/mcp/stricter', message('ping'), token_with('read', 'extra'));
needs('read write extra', 'and those from above stay', '/mcp/stricter', message('tools/call', name => 'write_x'), token_with('read', 'extra'));
is_outcome('200 reached', 'all of them', '/mcp/stricter', message('ping'), token_with(qw(read extra more)));

for my $method (qw(GET DELETE)) {
    my $response = $nginx->get('/mcp', method => $method, token => token_with('read'));
    is $response->status, 200, "SPEC 28: $method has no operation: the general scope is enough";
    is $nginx->get('/mcp', method => $method, token => token_with('write'))->status, 403, "SPEC 28: and is needed by $method";
}

# --- batches, notifications, responses ----------------------------------------------------------------------------------

sub batch (@messages) { return '[' . join(',', @messages) . ']' }
needs('read write', 'a batch: every entry counts', '/mcp', batch(message('ping'), message('tools/call', name => 'write_x')), token_with('read'));
needs('read write admin', 'the scopes of all of them', '/mcp', batch(message('tools/call', name => 'delete'), message('tools/call', name => 'write_x')), token_with('read'));
is_outcome('200 reached', 'a batch that may', '/mcp', batch(message('ping'), message('tools/call', name => 'write_x')), token_with('read', 'write'));
is_outcome('400', 'a batch in 2026-07-28', '/mcp', batch(message('ping')), token_with('read'), mirrored('ping'));
is_outcome('400', "a batch with $_", '/mcp', batch(message('ping')), token_with('read'), [$_]) for 'Mcp-Method: ping', 'Mcp-Name: x';
is_outcome('200 reached', 'a notification', '/mcp', '{"jsonrpc":"2.0","method":"notifications/x"}', token_with('read'));
is_outcome('200 reached', 'a response', '/mcp', '{"jsonrpc":"2.0","id":1,"result":{}}', token_with('read'));
is_outcome('403', 'a response needs the general scope', '/mcp', '{"jsonrpc":"2.0","id":1,"result":{}}', token_with('list'));

# --- headers that disagree with the body (SPEC 29-37) -------------------------------------------------------------------

my $delete = message('tools/call', name => 'delete_all');
my $safe   = message('tools/call', name => 'safe');
my $all    = token_with(qw(read write admin list files));
my $cafe   = message('tools/call', name => "caf\x{e9}");
my %smuggled = (
    'another name'                   => [$delete, mirrored('tools/call', 'safe')],
    'another method'                 => [$delete, mirrored('tools/list', 'delete_all')],
    'another case of the method'     => [$safe, mirrored('TOOLS/CALL', 'safe')],
    'another case of the name'       => [$safe, mirrored('tools/call', 'Safe')],
    'no Mcp-Method'                  => [$safe, [@modern, 'Mcp-Name: safe']],
    'no Mcp-Name'                    => [$safe, mirrored('tools/call')],
    'an empty Mcp-Name'              => [$safe, mirrored('tools/call', '')],
    'neither'                        => [$safe, [@modern]],
    'Mcp-Name twice, different'      => [$delete, [@{ mirrored('tools/call', 'delete_all') }, 'Mcp-Name: safe']],
    'Mcp-Name twice, the same'       => [$safe, [@{ mirrored('tools/call', 'safe') }, 'mcp-name: safe']],
    'Mcp-Method twice'               => [$safe, [@{ mirrored('tools/call', 'safe') }, 'MCP-METHOD: tools/call']],
    'names joined by a comma'        => [$delete, mirrored('tools/call', 'safe, delete_all')],
    'a name where there is none'     => [message('ping'), mirrored('ping', 'safe')],
    'a broken sentinel'              => [$safe, mirrored('tools/call', '=?base64?c2FmZQ?=')],
    'a sentinel without its end'     => [$safe, mirrored('tools/call', '=?base64?c2FmZQ==')],
    'a sentinel in another case'     => [$safe, mirrored('tools/call', '=?BASE64?c2FmZQ==?=')],
    'a sentinel with loose bits'     => [$safe, mirrored('tools/call', '=?base64?c2FmZR==?=')],
    'a sentinel with another name'   => [$delete, mirrored('tools/call', '=?base64?c2FmZQ==?=')],
    'a sentinel that is not UTF-8'   => [$safe, mirrored('tools/call', '=?base64?/w==?=')],
    'another version in the body'    => [message('ping', _meta => { 'io.modelcontextprotocol/protocolVersion' => '2025-11-25' }), mirrored('ping')],
    'a version in the body alone'    => [message('ping', _meta => { 'io.modelcontextprotocol/protocolVersion' => '2026-07-28' }), []],
    'two versions'                   => [message('ping'), [@{ mirrored('ping') }, 'MCP-Protocol-Version: 2025-11-25']],
    'versions joined by a comma'     => [$safe, ['MCP-Protocol-Version: 2025-11-25, 2026-07-28']],
    'a version from the future'      => [$safe, ['MCP-Protocol-Version: 2030-01-01']],
    'a version that is no date'      => [$safe, ['MCP-Protocol-Version: latest']],
    'legacy, another name'           => [$delete, ['MCP-Protocol-Version: 2025-11-25', 'Mcp-Name: safe']],
    'no version, another method'     => [$delete, ['Mcp-Method: tools/list']],
);
for my $name (sort keys %smuggled) {
    my ($body, $headers) = @{ $smuggled{$name} };
    my $mark     = $nginx->log_mark;
    my $response = is_outcome('400', "SPEC 33: $name: refused, and the backend is not touched", '/mcp', $body, $all, $headers);
    my $answer   = eval { from_json($response->body) } // {};
    my $id       = $name eq 'two versions' ? 'null' : 1;    # known before the body is read
    is join(' ', $answer->{jsonrpc} // '', $answer->{id} // 'null', $answer->{error}{code} // ''), "2.0 $id -32020", "SPEC 29, 33, 34: $name: the error of JSON-RPC";
    is $response->header('WWW-Authenticate'), undef, 'no challenge';
    like $nginx->log($mark), qr/refused with 400 \([0-9a-f]{8}\): header_mismatch/, 'the reason in the log';
}
is_outcome('200 reached', 'SPEC 36: a sentinel that agrees', '/mcp', $safe, $all, mirrored('tools/call', '=?base64?c2FmZQ==?='));
is_outcome('200 reached', 'SPEC 36: with a name beyond ASCII', '/mcp', $cafe, $all, mirrored('tools/call', '=?base64?Y2Fmw6k=?='));
is_outcome('403', 'SPEC 36: and it decides', '/mcp', $delete, token_with('read'), mirrored('tools/call', '=?base64?ZGVsZXRlX2FsbA==?='));
is_outcome('200 reached', 'SPEC 37: header names in any case', '/mcp', $safe, $all, ['mcp-protocol-version: 2026-07-28', 'MCP-METHOD: tools/call', 'mcp-name: safe']);
is_outcome('200 reached', 'SPEC 38: Mcp-Param-* is not ours', '/mcp', $safe, $all, [@{ mirrored('tools/call', 'safe') }, 'Mcp-Param-X: =?base64?!?=']);
is TestNginx::Origin::header(($backend->requests)[-1], 'Mcp-Param-X'), '=?base64?!?=', 'SPEC 38: and arrives as it was';
is_outcome('200 reached', 'mcp-remote sends Mcp-Method without a version', '/mcp', $safe, $all, ['Mcp-Method: tools/call']);

# --- mcp_protocol_versions -------------------------------------------------------------------------------------------------------

sub code ($response) { return eval { from_json($response->body)->{error}{code} } // 'none' }
my $good = access_token();
is_outcome('200 reached', 'modern: a modern request', '/modern', $safe, $good, mirrored('tools/call', 'safe'));
is code(is_outcome('400', 'SPEC 31: modern: no version', '/modern', $safe, $good)), -32020, 'is a header that is missing';
my $old = is_outcome('400', 'SPEC 30: modern: an old version', '/modern', $safe, $good, ['MCP-Protocol-Version: 2025-11-25']);
is code($old), -32022, 'SPEC 30: is not supported';
is_deeply from_json($old->body)->{error}{data}{supported}, ['2026-07-28'], 'SPEC 30: and the answer says what is';
for my $method (qw(GET DELETE PUT PATCH HEAD)) {
    my $response = $nginx->get('/modern', method => $method, token => $good, headers => \@modern, $method eq 'HEAD' ? () : ());
    is $response->status, 405, "SPEC 42: modern: $method";
    is $response->header('Allow'), 'POST, OPTIONS', 'what is allowed';
}
is $nginx->get('/modern', method => 'GET')->status, 401, 'SPEC 10: who has no token is told nothing else';
is_outcome('200 reached', 'SPEC 31: legacy: no version', '/legacy', $safe, $good);
is_outcome('200 reached', 'legacy: an old version', '/legacy', $safe, $good, ['MCP-Protocol-Version: 2025-06-18']);
is code(is_outcome('400', 'SPEC 30: legacy: a modern version', '/legacy', $safe, $good, mirrored('tools/call', 'safe'))), -32022, 'is not supported';
is $nginx->get('/legacy', method => $_, token => $good)->status, 200, "legacy: $_" for qw(GET DELETE);
is join(' ', map { $_->status, $_->header('Allow') } $nginx->get('/legacy', method => 'PUT', token => $good)), '405 GET, POST, DELETE, OPTIONS', 'legacy: PUT';
is $nginx->get('/mcp', method => $_, token => $all)->status, 405, "dual: $_ is not served" for qw(PUT PATCH OPTIONS PROPFIND);

# --- HTTP/2, and a policy that needs no body ----------------------------------------------------------------------------

is $nginx->get_http2('/mcp', port => 'PORT_H2', token => token_with('read'))->status, 200, 'HTTP/2: GET';
is_outcome('200 reached', 'without rules for operations nobody reads the body', '/plain', 'this is no JSON', token_with('read'), mirrored('x', 'y'));

finish();
