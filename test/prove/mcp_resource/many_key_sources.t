# More sources of keys than the memory of the metrics has places: keys that are there are never shown as missing.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Metrics;

my $places  = 1024;
my $sources = $ENV{TEST_NGINX_VALGRIND} || $ENV{TEST_NGINX_PRELOAD} ? 100 : $places + 20;
my $as      = run_origin();
my $base    = 'http://127.0.0.1:' . $as->port;
$as->answer('/jwks', body => jwks('p256'));
my $locations = join "\n", map { "location /$_ { mcp_resource https://mcp.example.com/$_; mcp_authorization_server https://as$_.example.com; mcp_jwks $base/jwks?$_; %%OK%% }" } 1 .. $sources;
my $nginx     = run_nginx(<<"CONF", {}, connections => 4096);
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        location = /metrics { mcp_metrics; }
        location = /status.json { mcp_status; }
        $locations
    }
CONF

sub issuers () { return @{ from_json($nginx->get('/status.json')->body)->{issuers} } }
ok wait_for(60, sub { !grep { !$_->{usable} } issuers() }), 'keys of all sources are usable, in places or not'
    or diag scalar(grep { !$_->{usable} } issuers()) . ' are not';
is scalar(grep { !defined $_->{age_seconds} } issuers()), 0, 'and have an age';
my $metrics = scrape($nginx);
my @ages    = grep { /\Amcp_keys_age_seconds\{/ } keys %$metrics;
is scalar(grep { $metrics->{$_} eq '+Inf' } @ages), 0, 'no metric says that there are none';
is scalar(@ages), $sources > $places ? $places : $sources, 'those without a place are left out';
cmp_ok $metrics->{'mcp_metrics_folded_total{table="key_sources"}'}, '>', 0, 'which is counted' if $sources > $places;

finish;
