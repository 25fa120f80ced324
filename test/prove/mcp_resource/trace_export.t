# What becomes of spans, and of requests, when the collector is slow, broken, hostile or not there.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Collector;
use TestNginx::Mcp;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

my $token = access_token();

# An nginx with a collector of its own. Options: of run_nginx, and `more`, further parameters of the directive.
sub traced_nginx ($collector, $more = '', $files = {}, %options) {
    my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), %$files }, %options);
        mcp_trace_exporter @{[ $collector->url ]} $more;
        server {
            listen 127.0.0.1:%%PORT%%;
            location /mcp { $protected proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location = /metrics { mcp_metrics; }
        }
        server { listen 127.0.0.1:%%PORT_BACK%%; return 200 ok; }
CONF
    $nginx->keep_out_of_log($token);
    return $nginx;
}
sub ask ($nginx, $what) { return is $nginx->get('/mcp', token => $token)->status, 200, $what }
sub told ($nginx) { return grep { /cannot send spans/ } split /\n/, $nginx->log }
# Whether so many spans are counted as "exported", "dropped" or "failed", at some time soon.
sub counts ($nginx, $result, $is) {
    return wait_for(10, sub { $nginx->get('/metrics')->body =~ /^mcp_trace_spans_total\{result="$result"\} (\d+)$/m && $is->($1) });
}
sub wait_until_told ($nginx) { return wait_for(15, sub { told($nginx) }) }

# --- answers that are none, each once

my %faults = (
    'status 500'               => [{ status => 500 },                                                   qr/the answer has status 500; 1 was lost/],
    'status 401'               => [{ status => 401 },                                                   qr/the answer has status 401; 1 was lost/],
    'a redirect'               => [{ status => 307, headers => [['Location', '/elsewhere']] },           qr/the answer has status 307; 1 was lost/],
    'a part that is rejected'  => [{ body => '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"told-by-the-collector"}}' }, qr/the collector rejects some; 1 was lost/],
    'more than was sent'       => [{ body => '{"partialSuccess":{"rejectedSpans":"4000000000"}}' },      qr/the collector rejects some; 1 was lost/],
    'a large answer'           => [{ size => 1_000_000 },                                               qr/too large.*; they are sent again/],
    'an answer that is cut'    => [{ end => 20 },                                                       qr/cannot send spans.*; they are sent again/],
    'no HTTP'                  => [{ first => "\0\1\2\3\n" },                                           qr/cannot send spans.*; they are sent again/],
);
my %faulty;
for my $fault (sort keys %faults) {
    my $collector = TestNginx::Collector->begin;
    $collector->takes(%{ $faults{$fault}[0] });
    my $nginx = traced_nginx($collector);
    ask($nginx, "a collector that answers with $fault: the request is served");
    $faulty{$fault} = [$collector, $nginx];
}
for my $fault (sort keys %faults) {
    my ($collector, $nginx) = @{ $faulty{$fault} };
    ok wait_until_told($nginx), "$fault: the log says so" or diag $nginx->log;
    like join("\n", told($nginx)), $faults{$fault}[1], '... and why';
    unlike join("\n", told($nginx)), qr/\b0 \w+ lost/, '... and not that none was lost';
    ok counts($nginx, failed => sub ($n) { $n == 1 }), '... and counts it' if $faults{$fault}[1] =~ /1 was lost/;
    unlike $nginx->log, qr/told-by-the-collector/, '... in our words';
    is $collector->requests('/elsewhere'), 0, '... and asks nobody else';
    ask($nginx, '... the next request is served');
    $nginx->stop;
}

# --- an answer of another kind is one

for my $answer ({ body => '' }, { body => '<html>' }, { status => 204, body => '' }, { body => '{"partialSuccess":{}}' }, { drip => 0.01 }) {
    my $collector = TestNginx::Collector->begin;
    $collector->takes(%$answer);
    my $nginx = traced_nginx($collector);
    ask($nginx, 'a request');
    ok counts($nginx, exported => sub ($n) { $n == 1 }), 'its span was sent, and counted';
    $nginx->stop;
    is scalar(told($nginx)), 0, 'and taken: ' . ($answer->{body} // 'byte by byte');
    is scalar($collector->spans), 1, '... once';
}

# --- later

my $busy  = TestNginx::Collector->begin;
$busy->takes(status => 429, headers => [['Retry-After', '3']]);
my $nginx = traced_nginx($busy);
ask($nginx, 'a collector that is busy: the request is served');
wait_for(10, sub { $busy->posts == 1 });
my $first = time;
$busy->takes;
ok wait_for(15, sub { $busy->posts == 2 }), 'the spans are sent again';
cmp_ok time - $first, '>', 2, '... not before the time of Retry-After';
my ($one, $two) = $busy->posts;
is $two->{body}, $one->{body}, '... the same';
ask($nginx, 'another request');
ok wait_for(10, sub { $busy->spans == 3 }), '... whose span follows';

$busy->stop;
ask($nginx, 'a collector that is down: the request is served');
ok wait_until_told($nginx), 'the log says so';
my $before = $busy->spans;
$busy->restart;
ok wait_for(20, sub { $busy->spans > $before }), 'its span is sent when the collector is there again';

# --- never

my $dead = TestNginx::Collector->begin;
$dead->takes(hang => 1);
$nginx = traced_nginx($dead);
my $requests = 2048 + 512 + 512;
my %statuses;
$statuses{ $_->status }++ for $nginx->get_in_turn((['/mcp', token => $token]) x $requests);
is_deeply \%statuses, { 200 => $requests }, 'a collector that hangs: all requests are served';
wait_until_told($nginx);
like join("\n", told($nginx)), qr/there are more than it takes/, 'what the queue has no room for is dropped';
is scalar(told($nginx)), 1, '... and the log says so once a minute';
ok counts($nginx, dropped => sub ($n) { $n >= 512 }), '... and counts them';
my $begin = time;
ok $nginx->reload, 'a worker that is quitting does not wait for it';
cmp_ok time - $begin, '<', 8 * $TestNginx::patience, '... for long';
like $nginx->log, qr/a worker ends with \d+ spans that "http:[^"]+" has not taken|a worker that ends does not wait for it; \d+ were lost/, '... and says what it leaves';

# --- a worker that still serves requests after a reload

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) // die "listen: $!\n";
my $away     = TestNginx::Collector->begin;
$away->stop;
$nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_trace_exporter @{[ $away->url ]};
    server { listen 127.0.0.1:%%PORT%%; location /mcp { $protected proxy_pass http://127.0.0.1:@{[ $listener->sockport ]}; } }
CONF
$nginx->keep_out_of_log($token);

# A request that its backend has, and has not answered.
sub held () {
    my $client = $nginx->begin('/mcp', token => $token);
    IO::Select->new($listener)->can_read(10 * $TestNginx::patience) or die "nginx did not come\n";
    return [$client, scalar $listener->accept];
}
sub release ($client, $backend) {
    my $bytes = '';
    sysread $backend, $bytes, 65536, length $bytes or die "no request\n" until $bytes =~ /\r\n\r\n/;
    syswrite $backend, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok" or die "write: $!\n";
    my ($response) = TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($client, 20 * $TestNginx::patience));
    return $response->status;
}
my @held    = map { held() } 1 .. 16;
my ($quits) = $nginx->worker_pids;
kill HUP => $nginx->{pid};
ok wait_for(30, sub { $nginx->log =~ /gracefully shutting down/ }), 'a worker drains';
is join(' ', map { release(@$_) } splice @held, 0, 3), '200 200 200', 'it serves its requests while the collector is away';
ok wait_until_told($nginx), 'and the log says so';
sleep 0.5;    # it looks ten times a second
unlike $nginx->log, qr/a worker ends/, '... not that the worker ends: it does not';
is scalar(told($nginx)), 1, '... once a minute';
$away->restart;
ok wait_for(10, sub { release(@{ shift @held }) if @held; sleep 0.6; $away->spans }), 'it sends spans again when the collector is back';
release(@$_) for splice @held;
ok wait_for(30, sub { !grep { $_ == $quits } $nginx->worker_pids }), 'it ends after its last request';
is scalar(grep { /a worker ends with \d+ spans/ } split /\n/, $nginx->log), 1, '... and says what it has left, once';

# --- at the end

my $last = TestNginx::Collector->begin;
$nginx = traced_nginx($last);
ask($nginx, 'a request right before the end');
$nginx->stop;
is scalar($last->spans), 1, 'its span is sent before the worker ends';

# --- headers

my $keyed = TestNginx::Collector->begin;
$nginx = traced_nginx($keyed, 'headers_file=headers', { headers => "Authorization: Bearer secret-of-the-collector\r\n\nX-Scope-OrgID: tenant-1\n" });
$nginx->keep_out_of_log('secret-of-the-collector');
chmod 0600, $nginx->dir . '/headers';
ask($nginx, 'headers for the collector');
wait_for(10, sub { $keyed->posts });
my ($post) = $keyed->posts;
is TestNginx::Origin::header($post, 'Authorization'), 'Bearer secret-of-the-collector', 'are sent';
is TestNginx::Origin::header($post, 'X-Scope-OrgID'), 'tenant-1', '... all of them';
is TestNginx::Origin::header($post, 'Expect'), undef, '... and nothing that nobody asked for';

# --- off

my $unasked = TestNginx::Collector->begin;
$nginx = traced_nginx($unasked, 'sample=0');
ask($nginx, 'sample=0');
my $off = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_trace_exporter off;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp { $protected proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "\$http_traceparent|\$http_tracestate"; }
CONF
is $off->get('/mcp', token => $token, headers => ['traceparent: as it came', 'tracestate: x=y'])->body, 'as it came|x=y', 'off: headers pass as they came';
$nginx->stop;
is scalar($unasked->posts), 0, 'sample=0: nothing is sent';

finish;
