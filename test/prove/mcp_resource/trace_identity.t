# mcp_audit identity=hash: who is not named in the record is not named in a span.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Collector;
use TestNginx::Mcp;

my $collector = TestNginx::Collector->begin;
my $nginx     = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), key => 'k' x 32 });
    mcp_trace_exporter @{[ $collector->url ]};
    server {
        listen 127.0.0.1:%%PORT%%;
        location /plain  { $protected %%OK%% }
        location /hidden { $protected mcp_audit identity=hash key_file=key; %%OK%% }
    }
CONF

sub span_of ($path, %request) {
    my $count = my @before = $collector->spans;
    post($nginx, $path, message('tools/call', name => 'echo'), %request);
    wait_for(10, sub { $collector->spans > $count }) or die "no span came:\n" . $nginx->log;
    return TestNginx::Collector::attributes(($collector->spans)[-1]);
}

my %of = (token => access_token(sub => 'zoe', client_id => 'zoes-client'));
is span_of('/plain', %of)->{'client.address'}, '127.0.0.1', 'a span has the address of the client';
for my $request ([passed => %of], [refused => token => 'junk'], ['without a token' => ()]) {
    my ($name, %options) = @$request;
    my $attributes = span_of('/hidden', %options);
    is $attributes->{'mcp_resource.uri'}, $resource, "where identities are hashed, there is a span ($name)";
    ok !exists $attributes->{'client.address'}, 'without an address';
    unlike to_json($attributes), qr/127\.0\.0\.1|zoe/, 'or a name';
}

finish();
