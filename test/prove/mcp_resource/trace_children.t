# What a request waited for at the authorization server, as spans below its own.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Collector;
use TestNginx::Mcp;

my $collector = TestNginx::Collector->begin;
my $as        = run_origin();
my $port      = $as->port;
my $issuer    = "http://127.0.0.1:$port/as";
$as->answer('/.well-known/oauth-authorization-server/as', body => to_json({ issuer => $issuer, jwks_uri => "$issuer/jwks?key=secret-of-the-url" }), delay => 1);
$as->answer('/as/jwks', body => jwks('p256'), delay => 1);
my $nginx = run_nginx(<<"CONF", { secret => "secret-of-the-gateway\n" });
    mcp_trace_exporter @{[ $collector->url ]};
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /keys  { mcp_resource $resource; mcp_authorization_server $issuer; mcp_discovery on; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /asked { mcp_resource https://mcp.example.com/asked; mcp_audience $resource; mcp_authorization_server $issuer;
                          mcp_introspection http://127.0.0.1:$port/introspect?key=secret-of-the-url client_id=x client_secret_file=secret; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "\$http_traceparent"; }
CONF
$nginx->keep_out_of_log('secret-of-the-gateway');

# All spans of the traces that these responses belong to, when their server spans are there.
sub of_traces (@responses) {
    my %traces = map { $_ => 1 } map { $_->body =~ /\A00-([0-9a-f]{32})-/ } @responses;
    my $there  = sub { @responses == grep { $_->{kind} == 2 && $traces{ $_->{traceId} } } $collector->spans };
    wait_for(15, $there) or die "no spans came:\n" . $nginx->log;
    return grep { $traces{ $_->{traceId} } } $collector->spans;
}
sub of_kind ($kind, @spans) { return grep { $_->{kind} == $kind } @spans }

sub names ($kind, @spans) { return [sort map { $_->{name} } grep { $_->{kind} == $kind } @spans] }
my ($internal, $client) = (1, 3);

# --- keys that are on their way when requests come

my $token = mint('p256', claims(iss => $issuer, aud => $resource));
my @spans = of_traces($nginx->get_at_once((['/keys', token => $token]) x 3));
is_deeply names($client, @spans), ['GET keys', 'GET metadata'], 'what was fetched is in the trace of one that waited for it';
is_deeply names($internal, @spans), [('wait for keys') x 2], 'the others say that they waited';
for my $child (grep { $_->{kind} != 2 } @spans) {
    my ($server) = grep { $_->{kind} == 2 && $_->{traceId} eq $child->{traceId} } @spans;
    is $child->{parentSpanId}, $server->{spanId}, "$child->{name}: below the request's own";
    cmp_ok $child->{endTimeUnixNano}, '<=', $server->{endTimeUnixNano}, '... and over before it ends';
}
my ($keys) = grep { $_->{name} eq 'GET keys' } @spans;
my $attributes = TestNginx::Collector::attributes($keys);
is_deeply { map { ($_ => $attributes->{$_}) } qw(http.request.method http.response.status_code server.address server.port error.type) },
    { 'http.request.method' => 'GET', 'http.response.status_code' => 200, 'server.address' => '127.0.0.1', 'server.port' => $port, 'error.type' => undef },
    'the attributes of the convention for HTTP clients';
like $attributes->{'url.full'}, qr{\Ahttp://127\.0\.0\.1:$port/as/jwks}, '... with the URL';
cmp_ok $keys->{endTimeUnixNano} - $keys->{startTimeUnixNano}, '>', 9e8, '... for as long as it took';
@spans = of_traces($nginx->get('/keys', token => $token));
is scalar(@spans), 1, 'who waits for nothing has no span below';

# --- introspection

sub active () { return to_json({ active => JSON::true, aud => $resource }) }
$as->answer('/introspect', body => active(), delay => 1);
@spans = of_traces($nginx->get_at_once((['/asked', token => 'opaque-token-1']) x 3));
is_deeply names($client, @spans), ['POST introspection'], 'one request has asked';
is_deeply names($internal, @spans), [('wait for introspection') x 2], 'the others waited for its answer';
@spans = of_traces($nginx->get('/asked', token => 'opaque-token-1'));
is scalar(@spans), 1, 'a kept answer is not asked for';

my $count = my @before = $collector->spans;
$as->answer('/introspect', status => 500);
is $nginx->get('/asked', token => 'opaque-token-2')->status, 503, 'a server that fails';
wait_for(10, sub { $collector->spans >= $count + 2 });
my ($failed) = grep { $_->{kind} == $client } ($collector->spans)[-2, -1];
is $failed->{name}, 'POST introspection', '... is a span';
is $failed->{status}{code}, 2, '... with an error';
is TestNginx::Collector::attributes($failed)->{'error.type'}, 500, '... the status';
$as->stop;
is $nginx->get('/asked', token => 'opaque-token-3')->status, 503, 'a server that is not there';
wait_for(10, sub { $collector->spans >= $count + 4 });
($failed) = grep { $_->{kind} == $client } ($collector->spans)[-2, -1];
is TestNginx::Collector::attributes($failed)->{'error.type'}, 'server_unreachable', '... has a name';
is TestNginx::Collector::attributes($failed)->{'http.response.status_code'}, undef, '... and no status';

unlike join('', map { $_->{body} } $collector->posts), qr/secret-of|opaque-token/, 'no secret and no token is in any span';
finish;
