# Spans of requests: what they say, whom they go on from, and what the backend is told. What becomes of them when the
# collector misbehaves: trace_export.t.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Collector;
use TestNginx::Mcp;
use Digest::SHA ();

my $collector = TestNginx::Collector->begin;
my $nginx     = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_trace_exporter @{[ $collector->url ]} service=gateway;
    log_format trace '\$mcp_trace_id';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/trace.log trace;
        location /mcp    { $protected mcp_scope mcp:write method=tools/call tool=write*; mcp_claim_header X-User sub; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /open   { mcp_resource https://mcp.example.com/open; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;
                           mcp_allow_anonymous tools/list tools/call; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /unread { mcp_resource https://mcp.example.com/unread; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;
                           proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /seen     { mcp_resource https://mcp.example.com/seen; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;
                             mcp_observe on; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /streamed { mcp_resource https://mcp.example.com/streamed; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;
                             mcp_observe on; client_max_body_size 4m; proxy_request_buffering off; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /failing  { mcp_resource https://mcp.example.com/failing; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;
                             mcp_observe on; proxy_pass http://127.0.0.1:%%PORT_FAILING%%; }
        location /plain  { proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "\$http_traceparent|\$http_tracestate|\$http_x_user|\$http_baggage"; }
    server { listen 127.0.0.1:%%PORT_FAILING%%; default_type application/json; return 200 '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}'; }
CONF

my $good   = access_token(sub => 'alice', scope => 'mcp:read');
my $parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
my $other  = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
my $mine   = '4bf92f3577b34da6a3ce929d0e0e4736';

sub call ($path, $meta, %request) {
    my %params = (name => 'echo', arguments => {}, $meta ? (_meta => $meta) : ());
    if (my $raw = delete $request{raw_body}) { return post($nginx, $path, $raw, %request) }
    return post($nginx, $path, message('tools/call', %params), %request);
}

# What the backend got, and the span that came of the request.
sub traced ($path, $meta, %request) {
    my $count    = my @before = $collector->spans;
    my $response = call($path, $meta, %request);
    wait_for(10, sub { $collector->spans > $count }) or die "no span came:\n" . $nginx->log;
    my ($context, $state, $user, $baggage) = split /\|/, $response->body, -1;
    return { response => $response, context => $context, state => $state, user => $user, baggage => $baggage, span => ($collector->spans)[-1] };
}
sub ids ($traceparent) { return $traceparent =~ /\A00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])\z/ }

# --- the span

my $of = traced('/mcp', undef, token => $good);
my ($trace_id, $span_id, $flags) = ids($of->{context});
ok $trace_id, 'the backend gets a traceparent' or diag $of->{context};
is $flags, '01', '... of a trace that is recorded';
is $of->{span}{traceId}, $trace_id, 'our span is of that trace';
is $of->{span}{spanId}, $span_id, '... and what the backend goes on from';
ok !exists $of->{span}{parentSpanId}, 'without a parent the trace begins here';
is $of->{span}{name}, 'tools/call echo', 'SPEC 101: named after method and tool';
is $of->{span}{kind}, 2, 'SPEC 101: SPAN_KIND_SERVER';
my $attributes = TestNginx::Collector::attributes($of->{span});
is_deeply {
    map { ($_ => $attributes->{$_}) }
        qw(mcp.method.name gen_ai.tool.name gen_ai.operation.name http.request.method http.response.status_code network.protocol.name
        network.protocol.version network.transport client.address mcp_resource.uri mcp_resource.decision error.type)
    },
    {
    'mcp.method.name'           => 'tools/call',
    'gen_ai.tool.name'          => 'echo',
    'gen_ai.operation.name'     => 'execute_tool',
    'http.request.method'       => 'POST',
    'http.response.status_code' => 200,
    'network.protocol.name'     => 'http',
    'network.protocol.version'  => '1.1',
    'network.transport'         => 'tcp',
    'client.address'            => '127.0.0.1',
    'mcp_resource.uri'          => $resource,
    'mcp_resource.decision'     => 'pass',
    'error.type'                => undef
    },
    'the attributes of the convention';
my ($begin, $end) = @{ $of->{span} }{qw(startTimeUnixNano endTimeUnixNano)};
ok $begin =~ /\A\d{19}\z/ && $end =~ /\A\d{19}\z/ && $begin <= $end, 'times in nanoseconds, as text';
ok abs($begin / 1e9 - time) < 60, '... since 1970';
my ($post) = $collector->posts;
my $sent = JSON::PP::decode_json($post->{body});
is TestNginx::Collector::attributes($sent->{resourceSpans}[0]{resource})->{'service.name'}, 'gateway', 'service= is service.name';
is TestNginx::Origin::header($post, 'Content-Type'), 'application/json', 'OTLP: JSON';
unlike $post->{body}, qr/alice|\Q$good\E/, 'no identity and no token in it';
is TestNginx::Origin::header($post, 'Authorization'), undef, 'nor in its headers';

# --- whom it goes on from

$of = traced('/mcp', { traceparent => $parent, tracestate => 'rojo=1,congo=2' }, token => $good);
is $of->{span}{traceId}, $mine, 'SPEC 96: params._meta.traceparent of a verified caller is the parent';
is $of->{span}{parentSpanId}, '00f067aa0ba902b7', '... its span is';
is $of->{span}{traceState}, 'rojo=1,congo=2', '... with its state';
is_deeply [ids($of->{context})], [$mine, $of->{span}{spanId}, '01'], 'the backend goes on in that trace, from our span';
is $of->{state}, 'rojo=1,congo=2', '... with that state';
is $of->{user}, 'alice', 'identity headers are as ever';

$of = traced('/open', { traceparent => $parent, tracestate => 'rojo=1' });
is $of->{response}->status, 200, 'an anonymous caller passes';
isnt $of->{span}{traceId}, $mine, 'SPEC 96: _meta of a caller without a token is not believed';
ok !exists $of->{span}{parentSpanId}, '... it has no parent';
is $of->{state}, '', '... and no state';

$of = traced('/mcp', { traceparent => $parent }, token => $good, headers => ["Traceparent: $other", 'tracestate: evil=1', 'baggage: a=b']);
is $of->{span}{traceId}, $mine, 'a header is not the parent where there is a better one';
is_deeply [map { [@$_{qw(traceId spanId)}] } @{ $of->{span}{links} }], [['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']],
    'the header is a link';
is $of->{state}, '', 'the state of a header is not handed on';
is $of->{baggage}, 'a=b', 'other headers are';

$of = traced('/mcp', undef, token => $good, headers => ["traceparent: $other"]);
isnt $of->{span}{traceId}, '0af7651916cd43dd8448eb211c80319c', 'a header is not the parent where there is no other, either';
is $of->{span}{links}[0]{traceId}, '0af7651916cd43dd8448eb211c80319c', '... but a link';
$of = traced('/mcp', undef, token => $good, headers => ["traceparent: $other", "TRACEPARENT: $parent"]);
ok !exists $of->{span}{links}, 'two headers are none';
is scalar(() = $of->{context} =~ /00-/g), 1, '... and the backend gets one of its own';
$of = traced('/open', undef, headers => ["traceparent: $other"]);
is $of->{span}{links}[0]{traceId}, '0af7651916cd43dd8448eb211c80319c', 'a link of anybody';

for my $wrong ($parent =~ s/-01\z/-1/r, "$parent\r\nX-User: root", uc $parent, "ff$parent" =~ s/ff00/ff/r, "00-$mine-0000000000000000-01", 7, undef, [$parent], { a => 1 }, 'x' x 100_000) {
    my $shown = ref $wrong || substr $wrong // 'null', 0, 40;
    $of = traced('/mcp', { traceparent => $wrong }, token => $good, headers => ["traceparent: " . (ref $wrong ? '' : substr(($wrong // '') =~ s/[\r\n].*//sr, 0, 200))]);
    is $of->{response}->status, 200, "a parent that is none changes no answer: $shown";
    ok !exists $of->{span}{parentSpanId}, '... and is none';
    is((ids($of->{context}))[1], $of->{span}{spanId}, '... the backend gets ours');
    is $of->{user}, 'alice', '... and nothing else';
}
for my $wrong ("rojo=1\r\nX-User: root", 'a=' . 'x' x 600, 'no state', 7, ['a=b']) {
    $of = traced('/mcp', { traceparent => $parent, tracestate => $wrong }, token => $good);
    is $of->{span}{traceId}, $mine, 'a state that is none leaves the parent';
    is "$of->{state}|$of->{user}", '|alice', '... and is not handed on';
}

$of = traced('/unread', { traceparent => $parent }, token => $good);
is $of->{response}->status, 200, 'where no rule reads the body';
ok !exists $of->{span}{parentSpanId}, '... nobody knows the parent';
is((ids($of->{context}))[1], $of->{span}{spanId}, '... but the backend goes on from our span');

# --- observed

$of = traced('/seen', { traceparent => $parent, tracestate => 'rojo=1' }, token => $good, headers => ["traceparent: $other"]);
is $of->{span}{parentSpanId}, '00f067aa0ba902b7', 'SPEC 96: where the body is observed, its parent is believed, too';
is_deeply [ids($of->{context})], [$mine, $of->{span}{spanId}, '01'], '... and the backend told';
is $of->{state}, '', '... without the state';
is $of->{span}{name}, 'tools/call echo', '... the name is that of the operation';
is TestNginx::Collector::attributes($of->{span})->{'jsonrpc.request.id'}, 1, '... with its id';
is $of->{span}{links}[0]{traceId}, '0af7651916cd43dd8448eb211c80319c', '... the header stays a link';
$of = traced('/seen', { traceparent => $parent, padding => 'x' x 100_000 }, token => $good);
is_deeply [ids($of->{context})], [$mine, $of->{span}{spanId}, '01'], '... also of a body that comes in pieces';
$of = traced('/streamed', { traceparent => $parent }, token => $good);
is_deeply [ids($of->{context})], [$mine, $of->{span}{spanId}, '01'], 'proxy_request_buffering off: it is read before the backend is told, too';
$of = traced('/streamed', { traceparent => $parent, padding => 'x' x 100_000 }, token => $good);
is_deeply [ids($of->{context})], [$mine, $of->{span}{spanId}, '01'], '... also of a body that comes in pieces';
$of = traced('/streamed', { traceparent => $parent, padding => 'x' x 1_100_000 }, token => $good);
is $of->{response}->status, 200, 'a body that is larger than mcp_max_body_size passes, and is not held back';
ok !exists $of->{span}{parentSpanId}, '... and says nothing of the parent';
is((ids($of->{context}))[1], $of->{span}{spanId}, '... but the backend goes on from our span');
$of = traced('/streamed', { traceparent => $parent, padding => [(0) x 300_000] }, token => $good);
is $of->{span}{name}, 'tools/call echo', 'nor does one of very many values matter';
$of = traced('/streamed', undef, token => $good, raw_body => 'no JSON');
is $of->{response}->status, 200, 'what is no message passes';
$of = traced('/failing', undef, token => $good, headers => ['Mcp-Session-Id: session-of-alice']);
$attributes = TestNginx::Collector::attributes($of->{span});
is $attributes->{'error.type'}, 'tool_error', 'SPEC 101: isError is "tool_error"';
is $of->{span}{status}{code}, 2, '... and an error';
is $attributes->{'mcp.session.id'}, substr(Digest::SHA::sha256_hex('session-of-alice'), 0, 16), 'the session is shown as a hash';

# --- a parent that is not recorded

my $count = my @all = $collector->spans;
my $quiet = $parent =~ s/01\z/00/r;
my $body  = call('/mcp', { traceparent => $quiet }, token => $good)->body;
is_deeply [(ids($body =~ s/\|.*//r))[0, 2]], [$mine, '00'], 'a trace that its parent does not record is not recorded';
traced('/mcp', undef, token => $good);
is scalar($collector->spans), $count + 1, '... so no span came of it';

# --- refusals

$of = traced('/mcp', { traceparent => $parent }, token => access_token(exp => time - 100));
is $of->{response}->status, 401, 'a refusal with 401';
$attributes = TestNginx::Collector::attributes($of->{span});
is $attributes->{'error.type'}, 'expired', '... has its reason as error.type';
is $attributes->{'mcp_resource.decision'}, 'refuse', '... and the decision';
is $of->{span}{status}{code}, 2, '... STATUS_CODE_ERROR';
is $of->{span}{name}, 'POST', '... and what was not read, no name (without mcp_observe)';
ok !exists $of->{span}{parentSpanId}, 'SPEC 96: whose token is not verified is not believed';
my ($decision_id) = $of->{response}->body =~ /\b([0-9a-f]{8})\b/;
is $attributes->{'mcp_resource.decision_id'}, $decision_id, '... the id that the client was told' if $decision_id;

my $spans = my @so_far = $collector->spans;
my $refused = post($nginx, '/mcp', message('tools/call', name => 'write-all', _meta => { traceparent => $parent }), token => $good);
is $refused->status, 403, 'a refusal for lack of a scope';
wait_for(10, sub { $collector->spans > $spans });
my $span = ($collector->spans)[-1];
is $span->{name}, 'tools/call', 'a tool that was not reached is not in the name';
is TestNginx::Collector::attributes($span)->{'gen_ai.tool.name'}, 'write-all', '... but in its attribute';
is $span->{parentSpanId}, '00f067aa0ba902b7', 'its token was verified: the parent is believed';

$of = traced('/seen', { traceparent => $parent }, token => access_token(exp => time - 100));
is $of->{span}{name}, 'tools/call', 'observed, a refusal has the name of what it was about, too';
is TestNginx::Collector::attributes($of->{span})->{'gen_ai.tool.name'}, 'echo', '... and its tool as an attribute';
ok !exists $of->{span}{parentSpanId}, 'SPEC 96: ... but no parent';

# --- where nothing is protected, and the log

my $plain = $nginx->get('/plain', headers => ["traceparent: $other", 'tracestate: a=b']);
like $plain->body, qr/\A\Q$other\E\|a=b\|/, 'outside of protected locations headers pass as they came';
like TestNginx::Report::slurp($nginx->dir . '/trace.log'), qr/^\Q$trace_id\E$/m, '$mcp_trace_id';
like TestNginx::Report::slurp($nginx->dir . '/trace.log'), qr/^\Q$span->{traceId}\E$/m, '... of a refusal, too';

finish;
