# mcp_observe: what each request asks for and how it went, read while it passes. Nothing is refused, held back or changed.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Http2;
use TestNginx::Mcp;

use Compress::Zlib ();
use IO::Select;
use IO::Socket::INET;

my $origin   = run_origin();
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) // die "listen: $!\n";
my $back     = 'proxy_pass http://127.0.0.1:' . $origin->port . ';';
my $page     = '{"jsonrpc":"2.0","id":1,"error":{"code":-5,"message":"x"}}';
my $result   = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
my $failed   = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}';
my $error    = '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}';
my $huge     = qq({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":") . 'z' x (20 * 1024 * 1024) . qq("}],"isError":true}});
my %files    = ('html/files/answer.json' => $failed, 'html/sub.json' => $failed, 'html/huge.json' => $huge, 'html/huge.events' => "data: $huge\n\n");
my $nginx    = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), %files });
    mcp_scopes_supported a;
    client_max_body_size 8m;
    log_format mcp '\$uri|\$status|\$mcp_method|\$mcp_name|\$mcp_outcome';
    log_format audit escape=none '\$mcp_audit';
    mcp_observe on;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        access_log %%TESTDIR%%/access.log mcp;
        location /mcp      { $protected $back }
        location /batch    { $protected access_log %%TESTDIR%%/audit.log audit; proxy_buffering off; $back }
        location /batch-rules { $protected mcp_scope b tool=closed; access_log %%TESTDIR%%/audit.log audit; $back }
        location /off      { $protected mcp_observe off; $back }
        location /rules    { $protected mcp_scope b tool=closed; $back }
        location /stream   { $protected proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1; $back }
        location /live     { $protected proxy_pass http://127.0.0.1:@{[ $listener->sockport ]}; }
        location /gzip     { $protected gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any; $back }
        location /huge     { $protected proxy_method GET; proxy_buffering off; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /sendfile { $protected proxy_method GET; sendfile on; proxy_buffer_size 4k; proxy_buffers 2 4k; proxy_busy_buffers_size 4k; proxy_pass http://127.0.0.1:%%PORT_BACK%%/huge.json; }
        location /page     { $protected proxy_intercept_errors on; error_page 500 = \@page; $back }
        location \@page    { default_type application/json; return 200 '$page'; }
        location /sub      { $protected auth_request /sub.json; $back }
        location = /sub.json { types { application/json json; } }
        location /files/   { internal; sendfile on; types { application/json json; } }
        location /local    { $protected default_type application/json; return 200 '$error'; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; types { application/json json; text/event-stream events; } }
CONF
my $token  = access_token(scope => 'a');
my $events = [['Content-Type', 'text/event-stream']];
my $json   = [['Content-Type', 'application/json']];
my @echo   = (method => 'POST', token => $token, body => message('tools/call', name => 'echo'));

sub read_log { open my $in, '<', $nginx->dir . '/access.log' or return; return map { chomp; $_ } <$in> }

# What is logged of what `$send` does: status, method, name and outcome of one request.
sub logged_of ($send) {
    my $before = read_log();
    $send->();
    wait_for(10, sub { read_log() > $before });
    my ($uri, @seen) = split /\|/, (read_log())[-1], -1;
    return join ' ', @seen;
}

# Of one call of the tool "echo", where the backend gives this answer.
sub logged ($path, $answer, %request) {
    $origin->answer($path, %$answer);
    return logged_of(sub { $nginx->get($path, @echo, %request) });
}
sub answers ($path, $answer, $outcome, $name) { return is logged($path, $answer), "200 tools/call echo $outcome", "$name ($path)" }
sub events ($path, $body, $outcome, $name) { return answers($path, { headers => $events, body => $body }, $outcome, $name) }

# --- what is not known is not guessed ----------------------------------------------------------------------------------

is logged('/off', { body => $result }), '200 - - -', 'off: nothing';
answers('/mcp', { body => $result, end => -5 }, '-', 'an answer that was cut');
answers('/mcp', { body => $result, gzip => 1 }, '-', 'an answer that the backend has compressed');
answers('/mcp', { body => $result, headers => [['Content-Type', 'text/plain']] }, '-', 'an answer of another type');
answers('/mcp', { body => "$result x" }, '-', 'no JSON');
answers('/mcp', { body => '{"jsonrpc":"2.0","id":1,"result":{"isError":true,"iserror":false}}' }, '-', 'what two readers take for different answers');
answers('/mcp', { body => '[' x 100_000 }, '-', 'nesting without end');
answers('/mcp', { body => "\xFF" x 100_000 }, '-', 'bytes that are no text');
events('/mcp', "data: $result\n", '-', 'an event that was cut');
events('/mcp', "data: $result", '-', 'a stream without line ends');
events('/mcp', 'x' x 1_000_000, '-', 'a field without end');
is logged('/mcp', { status => 204 }), '204 tools/call echo -', 'no content';
is logged('/mcp', { body => $result }, method => 'GET', body => undef, headers => ['Mcp-Method: tools/call', 'Mcp-Name: echo']), '200 - - -', 'no header is believed without a body';
is logged('/mcp', { body => $result }, headers => ['Mcp-Method: tools/list', 'Mcp-Name: other']), '200 tools/call echo success', 'nor one that says what the body does not';
for my $case (['no JSON', 'x'], ['half', '{"jsonrpc":"2.0",'], ['a name of a megabyte', message('tools/call', name => 'x' x 1_000_000)], ['no UTF-8', qq({"jsonrpc":"2.0","id":1,"method":"\xFF"})], ['two methods', '{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}']) {
    my ($name, $body) = @$case;
    is logged('/mcp', { body => $result }, body => $body), '200 - - -', "$name: the request passes, and what it asks for is unknown";
    is +($origin->requests('/mcp'))[-1]{body}, $body, 'the backend has it as it came';
}
is logged('/mcp', { body => $result }, headers => ["Content-Type: $_"]), '200 - - -', "$_: unknown" for 'text/plain', 'application/json; charset=utf-16';
is logged('/mcp', { body => $result }, headers => ['Content-Encoding: gzip'], body => Compress::Zlib::memGzip(message('ping'))), '200 - - -', 'a compressed request: unknown';
is logged('/mcp', { body => $result }, body => '[' . message('ping') . ']'), '200 - - -', 'a batch has no one method';
is logged('/mcp', { body => $result }, body => message('tools/call', name => "x\ny")), '200 tools/call - success', 'a name with control characters does not show';

# --- how it went -------------------------------------------------------------------------------------------------------

for my $path ('/mcp', '/stream', '/rules') {
    answers($path, { body => $result }, 'success',    'a result');
    answers($path, { body => $failed }, 'tool_error', 'a result with isError');
    answers($path, { body => $error },  '-32602',     'a JSON-RPC error');
    answers($path, { body => $failed, chunked => 1 }, 'tool_error', 'an answer in pieces of a byte');
    answers($path, { body => $failed, drip => 0.002, drip_from => 60 }, 'tool_error', 'byte by byte');
    events($path, "event: message\ndata: $failed\n\n", 'tool_error', 'an event');
    answers($path, { headers => $events, body => "id: 7\r\ndata: $failed\r\n\r\n", drip => 0.002, drip_from => 60 }, 'tool_error', 'an event, byte by byte');
}
is logged('/mcp', { status => 400, body => $error =~ s/"id":1/"id":null/r }), '400 tools/call echo -32602', 'an error without an id';
is logged('/mcp', { status => 502, headers => [['Content-Type', 'text/html']], body => '<html>' }), '502 tools/call echo -', 'a page of the backend: the status says it';
events('/mcp', qq(: hello\n\ndata:\n\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\ndata: {"jsonrpc":"2.0","id":1,"method":"ping"}\n\ndata: $error\n\ndata: $result\n\n), '-32602', 'between messages of the server, the first answer');
events('/mcp', join('', map { "data:$_\r" } '{"jsonrpc":"2.0",', '"id":1,', '"result":{}}', '') =~ s/data:\r\z/\r/r, 'success', 'an event of several lines, which end with CR');
answers('/mcp', { body => '[' . ($failed =~ s/1,/2,/r) . ",$result]" }, 'success', 'an array of answers: by its id');
is logged('/page', { status => 500 }), '200 tools/call echo -', 'what an error page of nginx says is no answer';
answers('/sub', { body => $result }, 'success', 'the answer, and not that of a subrequest');
answers('/mcp', { headers => [@$json, ['X-Accel-Redirect', '/files/answer.json']] }, 'tool_error', 'a file that the backend names');
is logged_of(sub { $nginx->get('/local', @echo) }), '200 - - -', 'nginx answers before it has read the body: nobody knows what it asked for';

my $zipped;
$origin->answer('/gzip', body => $failed . ' ' x 1000);
is logged_of(sub { $zipped = $nginx->get('/gzip', @echo, headers => ['Accept-Encoding: gzip']) }), '200 tools/call echo tool_error', 'what nginx compresses is read before';
is Compress::Zlib::memGunzip($zipped->body), $failed . ' ' x 1000, 'and reaches the client compressed';

# Of a request that is alone, every answer is its own: nobody hides how it went by the choice of an id.
for my $id ('1.5', '1e2', '9007199254740993', '"' . 'x' x 200 . '"', '"1"', 1) {
    $origin->answer('/mcp', body => $failed =~ s/"id":1/"id":$id/r);
    is logged_of(sub { $nginx->get('/mcp', @echo, body => message('tools/call', name => 'echo') =~ s/"id":1/"id":$_/r) }), '200 tools/call echo tool_error', 'the id ' . substr($_, 0, 20) . ', and in the answer ' . substr $id, 0, 20 for $id, 1;
}
is logged('/mcp', { status => $_, body => $result }), "$_ tools/call echo -", "a result with $_ is no success" for 400, 500;
is logged('/mcp', { status => 500, body => $error }), '500 tools/call echo -32602', 'a JSON-RPC error keeps its code';

# --- several operations ------------------------------------------------------------------------------------------------

my @calls = map { message('tools/call', name => "t$_") =~ s/"id":1/"id":$_/r } 1, '"1"', 3, 3, 5;
my $batch = '[' . join(',', @calls, message('notifications/x') =~ s/"id":1,//r) . ']';
sub read_audit { open my $in, '<', $nginx->dir . '/audit.log' or return; return map { from_json($_) } grep { /\n\z/ } <$in> } # the last one may come in two parts

# Id and outcome of each operation.
sub outcomes ($path, $answer, $body = $batch) {
    $origin->answer($path, %$answer);
    my $lines = read_audit();
    $nginx->get($path, @echo, body => $body);
    wait_for(10, sub { read_audit() > $lines });
    return join ' ', map { (exists $_->{id} ? to_json([$_->{id}]) =~ s/[\[\]]//gr : '-') . ':' . ($_->{code} // $_->{outcome} // '') } @{ (read_audit())[-1]{operations} };
}
my @three = ($failed, $error =~ s/"id":1/"id":"1"/r, $result =~ s/"id":1/"id":3/r);
for my $path ('/batch', '/batch-rules') {
    is outcomes($path, { body => '[' . join(',', reverse @three) . ']' }), '1:tool_error "1":-32602 3: 3: 5: -:', "$path: each answer belongs to its id, and an id of two says nothing";
    is outcomes($path, { headers => $events, body => join '', map { "data: $_\n\n" } reverse(@three), $result }), '1:tool_error "1":-32602 3: 3: 5: -:', "$path: in events, too";
    is outcomes($path, { headers => $events, body => "data: [$result,$three[1]]\n\n" }), '1:success "1":-32602 3: 3: 5: -:', "$path: or in one event";
    is outcomes($path, { body => '[' . join(',', ($result) x 65) . ']' }), '1: "1": 3: 3: 5: -:', "$path: an answer of more than 64 is none";
    is outcomes($path, { body => $error =~ s/"id":1/"id":null/r }), '1: "1": 3: 3: 5: -:', "$path: an error without an id may be of any";
}
is outcomes('/batch-rules', {}, message('tools/call', name => 'closed')), '1:-32011', 'a refusal has the code that the client got';

# --- bodies ------------------------------------------------------------------------------------------------------------

my $large = message('tools/call', name => 'echo', arguments => { text => 'y' x 2_000_000 });
for my $path ('/mcp', '/stream') {
    is logged($path, { body => $result }, body => $large), '200 tools/call echo success', "a body of 2 MB ($path)";
    is length +($origin->requests($path))[-1]{body}, length $large, 'of which the backend has all';
}
my $chunked = join '', map { sprintf "%x\r\n%s\r\n", length, $_ } unpack('(a3)*', message('tools/call', name => 'echo')), '';
$nginx->keep_out_of_log($token);
$origin->answer('/mcp', body => $result);
is logged_of(sub { $nginx->get('/mcp', raw => "POST /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer $token\r\n\r\n$chunked") }), '200 tools/call echo success', 'a body in chunks of three bytes';
for my $path ('/mcp', '/stream') {
    $origin->answer($path, body => $failed);
    my @fields = ("authorization: Bearer $token", 'content-type: application/json');
    is logged_of(sub { TestNginx::Http2::status($nginx->port('PORT_H2'), 'POST', $path, \@fields, message('tools/call', name => 'echo'), 20) }), '200 tools/call echo tool_error', "HTTP/2 ($path)";
}

# --- large answers -----------------------------------------------------------------------------------------------------

my $before = $nginx->kilobytes;
for my $file (qw(huge.json huge.events)) {
    is logged_of(sub { $nginx->get("/$file", @echo) }), '200 tools/call echo tool_error', "an answer of 20 MB: $file";
}
cmp_ok $nginx->kilobytes - $before, '<', 4096, 'take no memory to speak of';

my $got;
is logged_of(sub {
    my $client = $nginx->begin('/sendfile', @echo);
    wait_for(20, sub { $nginx->log =~ /buffered to a temporary file/ }) or die "no temporary file\n";
    $got = TestNginx::Http::read_to_end($client, 20 * $TestNginx::patience);
}), '200 tools/call echo tool_error', 'an answer that waits in a file for a slow client';
is length $got =~ s/\A.*?\r\n\r\n//sr, length $huge, 'and reaches it whole';

# --- nothing is held back ----------------------------------------------------------------------------------------------

my $client = $nginx->begin('/live', @echo);
IO::Select->new($listener)->can_read(10 * $TestNginx::patience) or die "nginx did not come\n";
my $backend = $listener->accept;
sysread $backend, my $request, 65536;
sub hears ($wanted) {
    my $bytes = '';
    return wait_for(10, sub { IO::Select->new($client)->can_read(0.05) and sysread $client, $bytes, 65536, length $bytes; $bytes =~ $wanted });
}
syswrite $backend, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"jsonrpc\":\"2.0\",\"met";
ok hears(qr/"met/), 'half an event reaches the client before the backend has sent the other half';
syswrite $backend, "hod\":\"notifications/message\"}\n\n";
ok hears(qr/message"\}\n\n/), 'the first event, before the second';
syswrite $backend, "data: $failed\n\n";
ok hears(qr/true\}\}\n\n/), 'the answer, before the end of the stream';
is logged_of(sub { close $backend }), '200 tools/call echo tool_error', 'and it is known how it went';

$nginx->reload;
answers('/mcp', { body => $failed }, 'tool_error', 'after a reload');

finish();
