# What was judged is what the backend reads: whatever two honest readers could take for different operations is refused
# before the backend is touched, where policy depends on the operation. And what every reader takes alike passes.
use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $proxy = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /anonymous { $protected mcp_allow_anonymous ping; $proxy }
        location /tools     { $protected mcp_scope admin tool=delete_*; $proxy }
        location /files     { $protected mcp_scope files resource=file:///srv/*; mcp_scope docs resource=http*://*/private; mcp_scope notes resource=note://secret; $proxy }
        location /of_files  { $protected mcp_scope files resource=file:///srv/*; $proxy }
        location /of_tasks  { $protected mcp_scope tasks method=tasks/*; $proxy }
        location /plain     { $protected $proxy }
        location /upgrades  { $protected mcp_scope admin tool=delete_*; proxy_http_version 1.1; proxy_set_header Upgrade \$http_upgrade; $proxy }
        location /upgrades_plain { $protected proxy_http_version 1.1; proxy_set_header Upgrade \$http_upgrade; $proxy }
    }
CONF
my $low  = access_token();
my $json = 'Content-Type: application/json';

# The status of a POST, and " reached" when the backend got it.
sub outcome ($path, $body, %request) {
    my $before   = $backend->requests // 0;
    my $response = post($nginx, $path, $body, $path eq '/anonymous' ? () : (token => $low), %request);
    return ($response->status . (($backend->requests // 0) > $before ? ' reached' : ''), $response);
}
sub is_refused ($status, $path, $name, $body, %request) {
    my $mark = $nginx->log_mark;
    my ($outcome, $response) = outcome($path, $body, %request);
    is $outcome, $status, "$path: $name: $status, and the backend is not touched" or return;
    is $response->header('Content-Type'), 'application/json', 'as JSON';
    like $response->body, qr/\A\{"jsonrpc":"2.0","id":(?:null|1),"error":\{"code":-32/, 'as an error of JSON-RPC' if $status != 401;
    return like $nginx->log($mark), qr/refused with $status \([0-9a-f]{8}\): \w+: /, 'with its reason in the log';
}
sub passes ($path, $name, $body, %request) { return is((outcome($path, $body, %request))[0], '200 reached', "$path: $name passes") }

my $ping   = message('ping');
my $read   = message('tools/call', name => 'read_x', arguments => {});
my $delete = message('tools/call', name => 'delete_all', arguments => {});

# --- media type, charset, coding ----------------------------------------------------------------------------------------

my $utf7_method = '{"jsonrpc":"2.0","id":1,"method":"ping","+AG0-ethod":"tools/call","params":{"name":"delete_all"}}';
my $utf7_name   = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_x+ACI-,+ACI-name+ACI-:+ACI-delete_all"}}';
my %media = (
    'UTF-7'                  => ['Content-Type: application/json; charset=utf-7'],
    'UTF-16'                 => ['Content-Type: application/json; charset=utf-16le'],
    'EBCDIC'                 => ['Content-Type: application/json;charset="cp037"'],
    'two charsets'           => ['Content-Type: application/json; charset=utf-8; charset=utf-7'],
    'another parameter'      => ['Content-Type: application/json; boundary=x'],
    'half a parameter'       => ['Content-Type: application/json; charset'],
    'plain text'             => ['Content-Type: text/plain'],
    'another JSON'           => ['Content-Type: application/vnd.api+json'],
    'a type that holds ours' => ['Content-Type: text/html, application/json'],
    'an empty type'          => ['Content-Type:'],
    'gzip'                   => [$json, 'Content-Encoding: gzip'],
    'two codings'            => [$json, 'Content-Encoding: identity, gzip'],
    'two lines of codings'   => [$json, 'Content-Encoding: identity', 'Content-Encoding: identity'],
);
for my $name (sort keys %media) {
    is_refused(415, '/tools', $name, $read, headers => $media{$name});
    is_refused(401, '/anonymous', $name, $ping, headers => $media{$name});
}
is_refused(401, '/anonymous', 'a method in UTF-7', $utf7_method, headers => $media{'UTF-7'});
is_refused(415, '/tools', 'a name in UTF-7', $utf7_name, headers => $media{'UTF-7'});
is_refused(400, $_, 'two types', $read, headers => [$json, 'Content-Type: application/json; charset=utf-7']) for qw(/tools /plain);
is_refused(415, '/plain', 'a form, which may hold a token', "access_token=$low", headers => ["Content-Type: $_"])
    for 'application/x-www-form-urlencoded', 'Application/X-WWW-Form-URLencoded; charset=utf-8';
$nginx->keep_out_of_log($low);
my $none = $nginx->get('/tools', raw => "POST /tools HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer $low\r\nContent-Length: @{[ length $read ]}\r\n\r\n$read");
is $none->status, 415, 'no type at all: a backend would guess';
passes('/tools', "$_", $read, headers => ["Content-Type: $_"])
    for 'application/json; charset=utf-8', 'Application/JSON;Charset="UTF-8"', "application/json \t; charset=utf-8", 'application/json;charset=utf8';
passes('/tools', $_, $read, headers => [$json, $_]) for 'Content-Encoding: identity', 'Content-Encoding: Identity';
passes('/plain', 'what no rule depends on', 'anything', headers => ['Content-Type: text/plain', 'Content-Encoding: gzip']);

for my $method (qw(GET DELETE)) {
    for my $path (qw(/tools /files)) {
        is $nginx->get($path, method => $method, token => $low)->status, 200, "$path: $method has no body";
        is $nginx->get($path, method => $method, token => $low, body => $delete)->status, 400, "$path: $method with a body is refused: some backends read it";
        is $nginx->get($path, raw => "$method $path HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer $low\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")->status, 400, 'also in chunks';
    }
    is $nginx->get('/plain', method => $method, token => $low, body => 'x')->status, 200, "/plain: $method: no rule depends on the body";
}
for my $name ('X-HTTP-Method-Override: POST', 'X-HTTP-Method: POST', 'X-Method-Override: POST', 'x-http-method-override: POST', 'X-Original-URL: /admin', 'X-Rewrite-URL: /admin') {
    my $seen = $backend->requests;
    is $nginx->get('/tools', token => $low, headers => [$name])->status, 200, "$name passes";
    my ($header) = $name =~ /\A([^:]+)/;
    is TestNginx::Origin::header(($backend->requests)[-1], $header), undef, 'but the backend does not see it';
}

is $nginx->get('/upgrades', token => $low, headers => ['Upgrade: websocket', 'Connection: Upgrade'])->status, 200, 'a protocol that nobody could judge';
is TestNginx::Origin::header(($backend->requests)[-1], 'Upgrade'), undef, 'is not switched to where rules depend on the operation';
is $nginx->get('/upgrades_plain', token => $low, headers => ['Upgrade: websocket', 'Connection: Upgrade'])->status, 200, 'elsewhere';
is TestNginx::Origin::header(($backend->requests)[-1], 'Upgrade'), 'websocket', 'the backend decides';

# --- member names and values --------------------------------------------------------------------------------------------

sub raw ($members, $params = '"name":"read_x"') { return qq({"jsonrpc":"2.0","id":1,$members,"params":{$params}}) }
my %ambiguous = (
    'a second method in another case'   => raw('"method":"ping","Method":"tools/call"', '"name":"delete_all"'),
    'a method in another case alone'    => raw('"METHOD":"tools/call"', '"name":"delete_all"'),
    'params in another case'            => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_x"},"Params":{"name":"delete_all"}}',
    'params with a long s'              => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_x"},"param\u017f":{"name":"delete_all"}}',
    'params with a long s as it is'     => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_x"},"param' . "\xC5\xBF" . '":{"name":"delete_all"}}',
    'a name in another case'            => raw('"method":"tools/call"', '"name":"read_x","Name":"delete_all"'),
    'a name in another case before'     => raw('"method":"tools/call"', '"nAme":"delete_all","name":"read_x"'),
    'a name and a NUL behind'           => raw('"method":"tools/call"', '"name":"read_x","name\u0000":"delete_all"'),
    'a name cut at a NUL'               => raw('"method":"tools/call"', '"name":"read_x","name\u0000x":"delete_all"'),
    'a second version in another case'  => '{"jsonrpc":"2.0","JSONRPC":"1.0","id":1,"method":"tools/call","params":{"name":"read_x"}}',
    'two unknown members'               => raw('"method":"tools/call","x":1,"X":2'),
    'a Kelvin sign'                     => raw('"method":"tools/call"', '"name":"read_x","k":1,"\u212a":2'),
    '_meta in another case'             => raw('"method":"tools/call"', '"name":"read_x","_META":{}'),
    'a NUL in the name'                 => raw('"method":"tools/call"', '"name":"delete\u0000_all"'),
    'a line break in the name'          => raw('"method":"tools/call"', '"name":"read_x\n"'),
    'a C1 control in the method'        => raw('"method":"tools/call\u0085"'),
    'a lone surrogate in the name'      => raw('"method":"tools/call"', '"name":"delete_\ud800"'),
    'a lone surrogate in a member name' => raw('"method":"tools/call","\ud800":1'),
);
is_refused(400, '/tools', $_, $ambiguous{$_}) for sort keys %ambiguous;
# Nobody asks for the name of a ping.
is_refused(401, "/anonymous", $_, $ambiguous{$_} =~ s{tools/call}{ping}r) for grep { !/in the name/ } sort keys %ambiguous;
is_refused(400, '/tools', "$_ in a batch", "[$ping,$ambiguous{$_}]") for 'a name in another case', 'a second method in another case';

my %plain = (
    'arguments that differ by case'  => '"name":"read_x","arguments":{"Name":1,"name":2,"METHOD":3}',
    'an integer beyond 64 bits'      => '"name":"read_x","arguments":{"n":123456789012345678901234567890}',
    'a number beyond a double'       => '"name":"read_x","arguments":{"n":1e400,"m":-1E-999}',
    'a lone surrogate'               => '"name":"read_x","arguments":{"s":"\ud800 \udc00x","t":"\ud83d\ude00"}',
    'letters in other scripts'       => '"name":"read_\u00e9\u4e2d","arguments":{}',
    'unknown members'                => '"name":"read_x","x":1,"y":2,"_meta":{"progressToken":18446744073709551616}',
);
passes('/tools', $_, raw('"method":"tools/call"', $plain{$_})) for sort keys %plain;
my $body = '{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"tools/call","params":{"name":"read_x","arguments":{"s":"\ud800"}}}';
passes('/tools', 'an id beyond 64 bits', $body);
is(($backend->requests)[-1]{body}, $body, 'and arrives as it was');
is_refused(400, '/tools', 'what is no number', raw('"method":"tools/call"', qq("name":"read_x","arguments":{"n":$_}))) for '01', '1.', '.5', '+1', '1e', 'NaN', 'Infinity', '0x10', '1e400x', '-';

# --- resource URIs --------------------------------------------------------------------------------------------------------

sub reading ($uri, $method = 'resources/read') { return message($method, uri => $uri) }
passes('/files', "$_", reading($_)) for 'file:///tmp/x', 'file:///srvx', 'https://example.com/a?b=c', 'note://x/y%20z', 'urn:isbn:1';
is((outcome('/files', reading('file:///srv/secret')))[0], 403, '/files: the secret needs its scope');
for my $uri (
    'FILE:///srv/secret', 'File:///srv/secret', 'file:///x/../srv/secret', 'file:///x/%2e%2e/srv/secret', 'file:///x/%2E./srv/secret', 'file:/srv/secret', 'file:srv/secret',
    'file://localhost/srv/secret', 'file://LOCALHOST/srv/secret', ' file:///srv/secret', 'file:///srv/secret ', "\tfile:///srv/secret", "fi\nle:///srv/secret", 'file:////srv/secret',
    'file:///./srv/secret', 'file:\\\\\\srv\\secret', 'file:///%73rv/secret', 'file:///srv%2fsecret', 'file:///srv%2Fsecret', 'file:///sr%76/secret', 'file:///tmp/x#y',
    'file:///tmp//../srv/secret', 'file:///C|/x', 'file://user@localhost/srv/secret', 'https://EXAMPLE.com/', 'https://example.com', 'https://example.com:443/', 'https://example.com/a/../b',
    'https://example.com:/', 'https://example.com/%7Ex', 'http://127.1/', 'http://0x7f.0.0.1/', "https://ex\x{e4}mple.com/", 'srv/secret', '//srv/secret', '',
) {
    is_refused(400, '/files', "a URI that a parser would rewrite, or none: " . to_json($uri), reading($uri));
}
is_refused(400, '/files', "$_ too", reading('FILE:///srv/secret', $_)) for qw(resources/subscribe resources/unsubscribe);
# What another scheme's rules cannot be about passes, however it is written.
passes('/of_files', $_, reading($_)) for 'greeting://World', 'users://a%40b.com/profile', 'postgres://user@db/x', 'https://example.com', 'mem://x//y';
is_refused(400, '/of_files', "the host of a file: $_", reading($_)) for 'file://x/srv/secret', 'file://127.0.0.1/srv/secret', 'file://srv/secret';
# Servers that match templates drop the query.
is((outcome('/files', reading($_)))[0], 403, "a query takes nothing out of a rule: $_") for 'note://secret?x=1', 'https://example.com/private?x', 'note://secret';
passes('/files', $_, reading($_)) for 'note://public?x=/secret', 'https://example.com/public?x=1';
# Revision 2026-07-28 subscribes by a list.
sub listening (@uris) { return message('subscriptions/listen', notifications => { resourceSubscriptions => \@uris }) }
is((outcome('/of_files', listening('file:///tmp/x', 'file:///srv/secret')))[0], 403, 'a stream of notifications about a resource needs its scope');
passes('/of_files', 'one about others', listening('file:///tmp/x', 'note://x'));
is_refused(400, '/of_files', 'a list with a URI that a parser would rewrite', listening('FILE:///srv/secret'));
# ... and asks for what tasks/get answers by another.
sub watching ($tasks) { return message('subscriptions/listen', notifications => { taskIds => $tasks }) }
is((outcome('/of_tasks', watching(['t'])))[0], 403, 'a stream of notifications about a task needs its scope');
passes('/of_tasks', 'one about none', watching([]));
is_refused(400, '/of_tasks', 'what is no list of tasks: ' . to_json($_), watching($_)) for 't', { 0 => 't' }, [1], ['t '];
is_refused(400, '/of_tasks', 'another spelling of it', message('subscriptions/listen', notifications => { task_ids => ['t'] }));
passes('/tools', 'a URI as it is, where no rule is about URIs,', reading('FILE:///srv/x'));

# --- where Mcp-Name comes from ---------------------------------------------------------------------------------------------

sub modern ($method, @names) { return [$json, 'MCP-Protocol-Version: 2026-07-28', "Mcp-Method: $method", map { "Mcp-Name: $_" } @names] }
for my $method (qw(tasks/get tasks/update tasks/cancel)) {
    my $task = message($method, taskId => 'task-1');
    passes('/tools', "SPEC 95: $method: Mcp-Name is the task's id:", $task, headers => modern($method, 'task-1'));
    passes('/tools', "$method: older revisions need no Mcp-Name:", $task);
    is_refused(400, '/tools', "SPEC 95: $method: another name", $task, headers => modern($method, 'task-2'));
    is_refused(400, '/tools', "SPEC 95: $method: no name", $task, headers => modern($method));
    is_refused(400, '/tools', "$method without an id", message($method, x => 1), headers => modern($method, 'task-1'));
}
for my $method (qw(resources/subscribe resources/unsubscribe)) {
    passes('/tools', "SPEC 32: $method: no revision demands Mcp-Name:", reading('note://x', $method), headers => modern($method));
    passes('/tools', "$method: one that agrees", reading('note://x', $method), headers => modern($method, 'note://x'));
    is_refused(400, '/tools', "SPEC 33: $method: one that does not", reading('note://x', $method), headers => modern($method, 'note://y'));
}
is_refused(400, '/tools', 'SPEC 32: resources/read demands it', reading('note://x'), headers => modern('resources/read'));

finish();
