# Bodies that policy depends on: how large, in memory or in a file, and what is not acceptable JSON-RPC.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $port  = $backend->port;
my $proxy = "proxy_pass http://127.0.0.1:$port;";
my $sink  = 'proxy_pass http://127.0.0.1:%%PORT_SINK%%;';
my $rules = 'mcp_scope mcp:read; mcp_scope mcp:write tool=write;';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read;
    client_max_body_size 8m;
    lingering_timeout 100ms;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp    { $protected $rules $proxy }
        location /large  { $protected $rules $sink }
        location /larger { $protected $rules mcp_max_body_size 4m; client_body_buffer_size 1k; $sink }
        location /small  { $protected $rules mcp_max_body_size 1000; $proxy }
        location /file   { $protected $rules client_body_buffer_size 1k; $proxy }
        location /endless { $protected $rules mcp_allow_anonymous ping; mcp_max_body_size 10k; client_max_body_size 0; client_body_buffer_size 1k; $proxy }
        location /core   { $protected $rules client_max_body_size 500; $proxy }
        location /paged  { $protected $rules mcp_max_body_size 1000; client_max_body_size 5000; error_page 413 = \@large; $proxy }
        location \@large  { return 413 "a page"; }
        location /flows  { $protected $rules proxy_request_buffering off; proxy_http_version 1.1; $proxy }
        location /first  { $protected $rules try_files /none /mcp; }
        location /open   { try_files /none /mcp; }
        location /page   { $protected $rules error_page 403 = \@page; $proxy }
        location \@page  { $proxy }
        location /anonymous { $protected $rules mcp_allow_anonymous initialize notifications/* ping; $proxy }
    }
    server { listen 127.0.0.1:%%PORT_SINK%%; return 200 "sink"; }
CONF
my $token = access_token();
my $both  = access_token(scope => 'mcp:read mcp:write');
my $json  = 'Content-Type: application/json';

# Looks at the newest requests only: the bodies are large.
sub reached ($body) {
    state $seen = 0;
    my @requests = $backend->requests_from($seen);
    $seen += @requests;
    return scalar grep { $_->{body} eq $body } @requests;
}

# --- what is not JSON-RPC -----------------------------------------------------------------------------------------------

my $deep = '[' x 200 . ']' x 200;
my %bad = (
    'an empty body'                => [-32700, ''],
    'no JSON'                      => [-32700, 'hello'],
    'half a message'               => [-32700, '{"jsonrpc":"2.0","method":"ping"'],
    'junk behind'                  => [-32700, '{"jsonrpc":"2.0","method":"ping"}x'],
    'two messages'                 => [-32700, message('ping') . message('ping')],
    'invalid UTF-8'                => [-32700, "{\"jsonrpc\":\"2.0\",\"method\":\"ping\xFF\"}"],
    'UTF-16'                       => [-32700, join "\0", '', split //, message('ping')],
    'a byte order mark'            => [-32700, "\xEF\xBB\xBF" . message('ping')],
    'a NUL'                        => [-32700, message('ping') . "\0"],
    'method twice'                 => [-32700, '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}'],
    'params twice'                 => [-32700, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"},"params":{"name":"write"}}'],
    'name twice'                   => [-32700, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"write"}}'],
    'name twice, one of it escaped' => [-32700, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","n\u0061me":"write"}}'],
    'a member twice, deep inside'  => [-32700, '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[{"b":1,"b":2}]}}'],
    'nested too deeply'            => [-32700, qq({"jsonrpc":"2.0","method":"ping","params":{"a":$deep}})],
    'a string'                     => [-32600, '"ping"'],
    'an empty batch'               => [-32600, '[]'],
    'a batch of batches'           => [-32600, '[[' . message('ping') . ']]'],
    'a large batch'                => [-32600, '[' . join(',', (message('ping')) x 65) . ']'],
    'one bad entry in a batch'     => [-32600, '[' . message('ping') . ',{}]'],
    'no version'                   => [-32600, '{"id":1,"method":"ping"}'],
    'another version'              => [-32600, '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
    'neither method nor result'    => [-32600, '{"jsonrpc":"2.0","id":1}'],
    'a method that is a number'    => [-32600, '{"jsonrpc":"2.0","id":1,"method":1}'],
    'an empty method'              => [-32600, '{"jsonrpc":"2.0","id":1,"method":""}'],
    'params in a list'             => [-32600, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["write"]}'],
    'a tool without a name'        => [-32602, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'],
    'a tool without params'        => [-32602, '{"jsonrpc":"2.0","id":1,"method":"tools/call"}'],
    'a name that is a list'        => [-32602, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["write"]}}'],
    'a resource with a name'       => [-32602, '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"name":"x"}}'],
);
for my $name (sort keys %bad) {
    my ($code, $body) = @{ $bad{$name} };
    my $before   = $backend->requests;
    my $response = post($nginx, '/mcp', $body, token => $both, headers => [$json]);
    is $response->status, 400, "$name: 400";
    my $error = from_json($response->body);
    is $error->{error}{code}, $code, 'with the error of JSON-RPC';
    is $response->header('Content-Type'), 'application/json', 'as JSON';
    is scalar($backend->requests), $before, 'and the backend is not touched';
}

# --- sizes --------------------------------------------------------------------------------------------------------------

sub call ($name, $size) {
    my $body = message('tools/call', name => $name, arguments => { data => '' });
    return $body =~ s/"data":"/'"data":"' . 'x' x ($size - length $body)/er;
}
sub chunked ($path, $token, $body, $chunk = 1000) {
    my $chunks = join '', map { sprintf "%x\r\n%s\r\n", length, $_ } unpack("(a$chunk)*", $body), '';
    $nginx->keep_out_of_log($token);
    return $nginx->get($path, raw => "POST $path HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer $token\r\n$json\r\nTransfer-Encoding: chunked\r\n\r\n$chunks");
}
sub is_too_large ($response, $name) {
    is $response->status, 413, "$name: 413";
    is +(eval { from_json($response->body) } // {})->{error}{code}, -32600, 'with the error of JSON-RPC';
    return;
}

for my $path (qw(/mcp /file /flows)) {
    for my $size (300, 20_000, 100_000) {
        my $body = call('read', $size);
        is length $body, $size, 'the test is right';
        is post($nginx, $path, $body, token => $token)->status, 200, "$path: $size bytes pass";
        ok reached($body), 'and arrive unchanged';
        is chunked($path, $token, $body, 7000)->status, 200, "$path: $size bytes in chunks pass";
        my $write = call('write', $size);
        is post($nginx, $path, $write, token => $token)->status, 403, "$path: $size bytes that write need the scope";
        is chunked($path, $token, $write, 7000)->status, 403, "$path: in chunks, too";
        ok !reached($write), 'and do not arrive';
    }
}
is post($nginx, '/large', call('read', 1_048_576), token => $token)->status, 200, '1m is the largest by default';
is_too_large(post($nginx, '/large', call('read', 1_048_577), token => $token), 'one byte more');
is post($nginx, '/small', call('read', 1000), token => $token)->status, 200, 'mcp_max_body_size: as large as that';
is_too_large(post($nginx, '/small', call('read', 1001), token => $token), 'mcp_max_body_size: one byte more');
is chunked('/small', $token, call('read', 1000), 33)->status, 200, 'in chunks: as large as that';
is_too_large(chunked('/small', $token, call('read', 1001), 33), 'in chunks: one byte more');
is_too_large(chunked('/small', $token, call('read', 300_000), 9000), 'in chunks: far more');
is post($nginx, '/larger', call('read', 3_000_000), token => $token)->status, 200, 'a larger mcp_max_body_size';
is post($nginx, '/core', call('read', 501), token => $token)->status, 413, 'client_max_body_size counts as well';

# Two limits, and two answers: an error_page for 413 is for nginx's own limit.
for my $case (['with a length', post($nginx, '/paged', call('read', 1001), token => $token)], ['in chunks', chunked('/paged', $token, call('read', 1001), 33)]) {
    my ($name, $response) = @$case;
    is_too_large($response, "mcp_max_body_size beside an error_page, $name");
    my $data = (eval { from_json($response->body) } // {})->{error}{data} // {};
    is $data->{reason}, 'body_too_large', 'with its reason';
    like $data->{decision_id} // '', qr/\A[0-9a-f]{8}\z/, 'and its id';
}
is post($nginx, '/paged', call('read', 5001), token => $token)->body, 'a page', 'client_max_body_size has the page';
is chunked('/paged', $token, call('read', 1000), 33)->status, 200, 'what is no larger than both passes';

is post($nginx, '/small', 'x' x 100_000)->status, 401, 'SPEC 10: without a token, nothing is read';
is post($nginx, '/small', 'x' x 100_000, token => access_token(exp => 1))->status, 401, 'SPEC 10: nor with a bad one';

# Without a length, and where nginx itself sets no limit: what is too much is not kept, neither in memory nor in a file.
for my $case (['with a token', 413, "Authorization: Bearer $token\r\n"], ['without one', 401, '']) {
    my ($name, $status, $header) = @$case;
    my $head = "POST /endless HTTP/1.1\r\nHost: a\r\nConnection: close\r\n$header$json\r\nTransfer-Encoding: chunked\r\n\r\n";
    my $client = $nginx->begin('/endless', raw => $head . sprintf "%x\r\n%s\r\n", 9000, ' ' x 9000);
    my $response = sub { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($client, 20)))[0] };
    is_deeply [grep { -f } glob $nginx->dir . '/tmp_client_body/* ' . $nginx->dir . '/tmp_client_body/*/*/*'], [], "an endless body $name: no file";
    TestNginx::Http::send_bytes($client, sprintf("%x\r\n%s\r\n", 9000, ' ' x 9000) x 20);
    is $response->()->status, $status, "$status as soon as it is too much, though it goes on";
}
is chunked('/endless', $token, call('read', 10_000), 100)->status, 200, 'as large as it may be';

# A length is promised; nothing of the body comes.
my $silent = "POST /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000000\r\n$json\r\nAuthorization: Bearer $token\r\n\r\n";
like $nginx->get('/small', raw => $silent)->body, qr/-32600/, 'what promises to be too large is refused before it comes';
my $waiting = "POST /mcp HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 40\r\nExpect: 100-continue\r\n$json\r\nAuthorization: Bearer $token\r\n\r\n" . message('ping');
my @responses = $nginx->send('/mcp', raw => $waiting . ' ' x (40 - length message('ping')));
is join(' ', map { $_->status } @responses), '100 200', 'Expect: 100-continue';
my $leaving = $nginx->begin('/mcp', raw => substr $waiting, 0, -20);
undef $leaving;
my $pipeline = join '', map { $nginx->request_bytes('/mcp', method => 'POST', connection => 'keep-alive', body => $_, token => $token) } call('read', 200), call('write', 300), '{', call('read', 40_000);
is join(' ', map { $_->status } $nginx->send('/mcp', raw => $pipeline . $nginx->request_bytes('/mcp', token => $token))), '200 403 400 200 200', 'each of five pipelined requests is judged by its own body';

# --- internal redirects, HTTP/2 -----------------------------------------------------------------------------------------

for my $path (qw(/first /open)) {
    for my $size (200, 50_000) {
        my $body = call('redirected', $size) =~ s/redirected/$path/r;
        is post($nginx, $path, $body, token => $token)->status, 200, "$path: $size bytes through two locations";
        ok reached($body), 'and they arrive';
        is post($nginx, $path, call('write', $size), token => $token)->status, 403, 'both judge';
    }
}
my $kept = call('write', 30_000) =~ s/"data":"xx/"data":"yy/r;
is post($nginx, '/page', $kept, token => $token)->status, 200, 'an error page that is a backend';
ok reached($kept), 'gets the body that was read';

# A POST by HTTP/2, with or without a Content-Length; the status.
sub post_http2 ($path, $body, @headers) {
    $nginx->write_file('body', $body);
    my $url     = 'http://127.0.0.1:' . $nginx->port('PORT_H2') . $path;
    my @command = (qw(curl --silent --http2-prior-knowledge --max-time 20 --output /dev/null --write-out %{http_code} --request POST), map { ('--header', $_) } "Authorization: Bearer $token", $json, @headers);
    open my $pipe, '-|', @command, '--upload-file', $nginx->dir . '/body', $url or die "curl: $!\n";
    return scalar <$pipe>;
}
for my $length ([], ['Content-Length:']) {
    for my $size (200, 20_000, 200_000) {
        is post_http2('/mcp', call('read', $size), @$length), 200, "HTTP/2: @$length $size bytes pass";
        is post_http2('/mcp', call('write', $size), @$length), 403, 'or need the scope';
    }
    is post_http2('/mcp', '', @$length), 400, "HTTP/2: @$length an empty body";
}
is post_http2('/small', call('read', 50_000), 'Content-Length:'), 413, 'HTTP/2: a body that is too large';
is post_http2('/mcp', message('tools/call', name => 'write'), 'MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: read', 'mcp-name: write'), 400, 'SPEC 33: HTTP/2: a doubled header';

# --- methods without a token --------------------------------------------------------------------------------------------

sub bare ($body, @more) { return post($nginx, '/anonymous', $body, @more) }
is bare(message($_))->status, 200, "mcp_allow_anonymous: $_" for qw(initialize ping notifications/initialized);
is bare('[' . message('ping') . ',' . message('initialize') . ']')->status, 200, 'a batch of them';
my %closed = (
    'another method' => message('tools/list'), 'a longer one' => message('pingx'), 'another case' => message('Ping'), 'a batch with one other' => '[' . message('ping') . ',' . message('tools/list') . ']',
    'a response' => '{"jsonrpc":"2.0","id":1,"result":{}}', 'no JSON' => 'ping', 'an empty body' => '', 'method twice' => '{"jsonrpc":"2.0","method":"tools/list","method":"ping"}', 'too large' => call('x', 1_100_000),
);
for my $name (sort keys %closed) {
    my $response = bare($closed{$name});
    is $response->status, 401, "SPEC 10: without a token: $name: 401";
    is $response->header('WWW-Authenticate'), qq(Bearer resource_metadata="$metadata", scope="mcp:read"), 'the challenge';
}
is bare(message('ping'), headers => ['Mcp-Method: tools/list'])->status, 401, 'headers that disagree';
is bare(message('ping'), headers => ['Mcp-Method: ping', 'MCP-Protocol-Version: 2026-07-28'])->status, 200, 'headers that agree';
is bare(message('ping'), token => access_token(exp => 1))->status, 401, 'a bad token is not no token';
is bare(message('ping'), token => access_token(scope => 'x'))->status, 403, 'nor is a good one without the scope';
is bare(message('tools/list'), token => $token)->status, 200, 'a good one is good';
is bare(message('ping'), headers => ['Origin: https://evil.example.com'])->status, 403, 'a foreign origin is foreign';
is $nginx->get("/anonymous?access_token=$token", method => 'POST', body => message('ping'))->status, 400, 'a token in the query is not no token';
is $nginx->get('/anonymous', method => $_)->status, 401, "$_ without a token" for qw(GET DELETE PUT);

finish();
