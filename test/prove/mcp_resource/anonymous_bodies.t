# What callers that nobody knows yet can make a worker hold of their bodies has a limit, of all and of one client. Who is
# beyond it comes again later; who has a good token does not notice.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Http2;
use TestNginx::Limits;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => '{"ok":true}');
$backend->answer('/hang', hang => 1);
my $port = $backend->port;
my $open = "$protected mcp_allow_anonymous ping;";
my $http = <<"CONF";
    set_real_ip_from 127.0.0.1;
    real_ip_header   X-Client;
    mcp_scopes_supported mcp:read;
    client_max_body_size 4m;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp    { $open proxy_pass http://127.0.0.1:$port; }
        location /large  { $open mcp_max_body_size 2m; proxy_pass http://127.0.0.1:$port; }
        location /hang   { $open proxy_pass http://127.0.0.1:$port; }
        location /any    { $open satisfy any; deny all; proxy_pass http://127.0.0.1:$port; }
        location /closed { $open proxy_pass http://127.0.0.1:1; error_page 502 = \@spare; }
        location \@spare { $open proxy_pass http://127.0.0.1:$port; }
        location = /status { stub_status; }
    }
CONF
my $nginx = run_nginx("mcp_max_anonymous_bodies 1m; $http", { 'jwks.json' => jwks('p256') });
my $token = access_token();
my $ping  = message('ping');
my $kilo  = 1024;

# A message of this size.
sub padded ($size) {
    my ($begin, $end) = ('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"', '"}}');
    return $begin . 'x' x ($size - length "$begin$end") . $end;
}

# A client that announces a body, sends a part, and stops.
sub begin_body ($server, $path, $sent, $length, @headers) {
    my $head = join "\r\n", "POST $path HTTP/1.1", 'Host: a', 'Connection: close', 'Content-Type: application/json', "Content-Length: $length", @headers, '', '';
    my $connection = TestNginx::Http::open_connection($server->port('PORT'));
    TestNginx::Http::send_bytes($connection, $head . substr padded($length), 0, $sent);
    return $connection;
}

sub is_answered ($connection) { return IO::Select->new($connection)->can_read(0) }
sub answer_of ($connection) { return (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($connection, 20)))[0] }

# --- one client ---------------------------------------------------------------------------------------------------------

my $alone = begin_body($nginx, '/mcp', 255 * $kilo, 256 * $kilo);
in_hand($nginx, 1);
is post($nginx, '/mcp', padded(100 * $kilo), from('192.0.2.1'))->status, 200, 'one client may hold a quarter in one request, and others are served';
my $mark     = $nginx->log_mark;
my $refused  = post($nginx, '/mcp', padded(2 * $kilo));
is $refused->status, 503, 'a second request of that client is refused at once';
like $refused->header('Retry-After'), qr/\A[1-9]\d*\z/, '... and told when to come again';
is $refused->header('WWW-Authenticate'), undef, '... but not that it lacks a token';
my $error = from_json($refused->body)->{error};
is_deeply [$error->{code}, $error->{data}{reason}], [-32012, 'anonymous_bodies_limited'], '... as an error of JSON-RPC, with its reason';
like $nginx->log($mark), qr/\[error\].*refused with 503 \([0-9a-f]{8}\): anonymous_bodies_limited: .*: "mcp_max_anonymous_bodies" is 1048576 bytes, of which one client has a quarter/, '... and the log says which limit it is';
$mark = $nginx->log_mark;
post($nginx, '/mcp', padded(2 * $kilo)) for 1 .. 5;
my @loud = grep { /\[error\].*anonymous_bodies_limited/ } $nginx->log_lines($mark);
ok @loud < 5, 'strangers do not fill the log: one line of a second is an error';
is post($nginx, '/mcp', padded(900 * $kilo), token => $token)->status, 200, 'with a good token the same client is served, whatever size its body has';
is post($nginx, '/mcp', padded(900 * $kilo), token => 'x')->status, 401, 'with a bad one it is a 401 as ever: no body is read';
is post($nginx, '/any', padded(2 * $kilo))->status, 503, 'satisfy any: no other access module judges a body that was not read';
TestNginx::Http::send_bytes($alone, substr padded(256 * $kilo), 255 * $kilo);
is answer_of($alone)->status, 200, 'what there was room for passes when its end comes';
undef $alone;    # nginx waits for the other end of the connection
ok wait_for(5, sub { post($nginx, '/mcp', padded(2 * $kilo))->status == 200 }), 'what a request held is free when it ends';

is post($nginx, '/closed', padded(250 * $kilo))->status, 200, 'a body that an internal redirect hands on is counted once';

# --- all clients ----------------------------------------------------------------------------------------------------------

my @held = map { begin_body($nginx, '/mcp', 240 * $kilo, 250 * $kilo, "X-Client: 192.0.2.$_") } 1 .. 4;
in_hand($nginx, 4);
my @late = map { post($nginx, '/mcp', padded(100 * $kilo), from("198.51.100.$_"))->status } 1 .. 3;
is "@late", '503 503 503', 'nobody else finds room when all have taken theirs';
is post($nginx, '/mcp', padded(100 * $kilo), token => $token)->status, 200, 'but who has a good token';
@held = ();
ok wait_for(5, sub { post($nginx, '/mcp', padded(100 * $kilo), from('198.51.100.1'))->status == 200 }), 'clients that have gone hold nothing';

# --- HTTP/2 ---------------------------------------------------------------------------------------------------------------

sub status_http2 ($body, @fields) {
    return TestNginx::Http2::status($nginx->port('PORT_H2'), 'POST', '/mcp', ['Content-Type: application/json', @fields], $body, 20);
}
in_hand($nginx, 0);
$alone = begin_body($nginx, '/mcp', 255 * $kilo, 256 * $kilo);
in_hand($nginx, 1);
is status_http2(padded(2 * $kilo)), 503, 'HTTP/2: the same';
is status_http2($ping, 'X-Client: 192.0.2.1'), 200, 'HTTP/2: another client is served';
is status_http2(padded(10 * $kilo), "Authorization: Bearer $token"), 200, 'HTTP/2: and who has a good token';
undef $alone;

# --- what has passed is held as well -----------------------------------------------------------------------------------

in_hand($nginx, 0);
my @waiting = map { $nginx->begin('/hang', method => 'POST', body => padded(250 * $kilo), from("192.0.2.$_")) } 1 .. 4;
in_hand($nginx, 4);
is post($nginx, '/mcp', padded(100 * $kilo), from('198.51.100.1'))->status, 503, 'a body counts until its request ends';
@waiting = ();
ok wait_for(5, sub { post($nginx, '/mcp', padded(100 * $kilo), from('198.51.100.1'))->status == 200 }), '... and no longer';

# --- sizes --------------------------------------------------------------------------------------------------------------

is post($nginx, '/large', padded(1500 * $kilo), token => $token)->status, 200, 'a body above the limit passes with a token';
is post($nginx, $_, padded(256 * $kilo + 1))->status, 401, "$_: ... and one above a quarter needs one, however empty it is here" for qw(/mcp /large);
is post($nginx, $_, padded(256 * $kilo))->status, 200, "$_: a quarter is for everybody" for qw(/mcp /large);
my $announced = begin_body($nginx, '/large', 1, 256 * $kilo + 1);
is answer_of($announced)->status, 401, 'who announces more is not waited for';
my $chunk   = sprintf("%x\r\n", 300 * $kilo) . padded(300 * $kilo) . "\r\n0\r\n\r\n";
my $chunked = $nginx->get('/large', raw => "POST /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n$chunk");
is $chunked->status, 401, 'also when nobody announces its length';

# --- sixty that stop in the middle of one megabyte -------------------------------------------------------------------------

my $usual  = run_nginx($http, { 'jwks.json' => jwks('p256') });
post($usual, '/mcp', $ping);
my $before = $usual->kilobytes;
my @sixty  = map { begin_body($usual, '/mcp', 512 * $kilo, 1024 * $kilo - 1, 'X-Client: 192.0.2.' . (1 + $_ % 15)) } 1 .. 60;
ok wait_for(10, sub { (grep { is_answered($_) } @sixty) >= 60 - 8 }), 'by default 4 MB are held: of sixty that stop after 512 KB the others have an answer';
is answer_of($_)->status, 503, '... which is 503' for (grep { is_answered($_) } @sixty)[0];
# The answered ones are thrown away as their rest comes.
my $grown;
# All sixty would be 30 MB. What was read of those that are refused depends on how busy the machine is: 6 to 12 MB.
my $most = 15 * $kilo;
wait_for(5, sub { ($grown = $usual->kilobytes - $before) < $most });
SKIP: {
    skip 'the size of a worker says nothing under valgrind or a sanitizer', 1 if $ENV{TEST_NGINX_PRELOAD} || $ENV{TEST_NGINX_VALGRIND};
    ok $grown < $most, "the worker has grown by less than 15 MB ($grown KB)";
}
is post($usual, '/mcp', $ping, token => $token)->status, 200, 'and a client with a token is served';
@sixty = ();

finish();
