# mcp_metrics: what several workers count is one sum, whichever of them answers. It survives a reload, and a worker that is
# killed; gauges are those of the workers that live.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Metrics;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(sleep);

plan skip_all => 'valgrind does not survive its process being killed' if $ENV{TEST_NGINX_VALGRIND};

my $as       = run_origin();
my $base     = 'http://127.0.0.1:' . $as->port;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) // die "listen: $!\n";
my $backend  = 'proxy_pass http://127.0.0.1:' . $listener->sockport . ';';
my $passed   = qq(mcp_decisions_total{decision="pass",reason="",mcp_resource="$resource"});

sub becomes ($nginx, $sample, $value, $name) { my $seen; return wait_for(10, sub { ($seen = metric($nginx, $sample)) == $value }) ? pass($name) : is $seen, $value, $name }
# By several connections, which several workers take.
sub everybody_says ($nginx, $sample, $value, $name) {
    return ok wait_for(10, sub { !grep { $_->body !~ /^\Q$sample\E \Q$value\E$/m } $nginx->get_at_once((['/metrics']) x 16) }), $name;
}
sub accept_one () {
    IO::Select->new($listener)->can_read(10 * $TestNginx::patience) or die "nginx did not come\n";
    my $connection = $listener->accept;
    my $bytes      = '';
    sysread $connection, $bytes, 65536, length $bytes or die "no request\n" until $bytes =~ /\r\n\r\n/;
    return $connection;
}
sub stream ($nginx) {
    my $client  = $nginx->begin('/stream', token => access_token());
    my $backend = accept_one();
    syswrite $backend, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n" or die "write: $!\n";
    return [$client, $backend];
}

# --- keys, whose age all workers know -------------------------------------------------------------------------------------

$as->answer('/.well-known/oauth-authorization-server', body => to_json({ issuer => $base, jwks_uri => "$base/jwks", authorization_endpoint => "$base/a", token_endpoint => "$base/t", response_types_supported => ['code'] }));
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/introspect', hang => 1);
my $discovered = "mcp_authorization_server $base; mcp_discovery on;";
my $locations  = sub ($others) { <<"CONF" };
    mcp_zone mcp 1m; mcp_keys_max_age 5s;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        location = /metrics { mcp_metrics; }
        location /mcp    { $protected %%OK%% }
        location /stream { $protected $backend }
        $others
    }
CONF
my $others = "location /fetched { mcp_resource https://mcp.example.com/fetched; $discovered %%OK%% }";
my $opaque = "location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_authorization_server $base; mcp_introspection $base/introspect client_id=x client_secret_file=secret; %%OK%% }";
my $nginx  = run_nginx($locations->("$others $opaque"), { 'jwks.json' => jwks('p256'), secret => 'a-long-secret-of-mine' }, workers => 2, allow => qr/exited on signal 9/);
my $age    = qq(mcp_keys_age_seconds{issuer="$base"});

ok wait_for(10, sub { (metric($nginx, $age) || 'Inf') ne '+Inf' }), 'keys have an age when they are there';
ok wait_for(10, sub { my @ages = map { $_->body =~ /^\Q$age\E (\S+)$/m ? $1 : 'none' } $nginx->get_at_once((['/metrics']) x 16); my @sorted = sort { $a <=> $b } @ages; $sorted[-1] - $sorted[0] < 1.5 }), 'the same in all workers';
is join(' ', grep { /\Amcp_keys_age_seconds/ } keys %{ scrape($nginx) }), $age, 'a file has none';
cmp_ok metric($nginx, qq(mcp_fetches_total{kind="metadata",server="$base",result="success"})), '>=', 1, 'metadata was asked for';
cmp_ok metric($nginx, qq(mcp_fetches_total{kind="keys",server="$base",result="success"})), '>=', 1, 'and keys';
is metric($nginx, qq(mcp_fetches_total{kind="keys",server="$base",result="failure"})), 0, 'not in vain';
$as->answer('/jwks', status => 500, body => '');
ok wait_for(20, sub { metric($nginx, qq(mcp_fetches_total{kind="keys",server="$base",result="failure"})) > 0 }), 'a fetch that fails is counted';
my $before = metric($nginx, $age);
ok wait_for(10, sub { metric($nginx, $age) > $before + 0.5 }), 'and the keys grow older';
$as->answer('/jwks', body => jwks('p256'));
cmp_ok metric($nginx, 'mcp_cache_entries{zone="mcp",space="main"}'), '>=', 1, 'the zone holds them';
cmp_ok metric($nginx, 'mcp_cache_hits_total{zone="mcp",space="main"}'), '>=', 1, 'where they were found';

# --- sums of two workers ----------------------------------------------------------------------------------------------------

$_->status == 200 or die for $nginx->get_at_once((['/mcp', token => access_token()]) x 100);
everybody_says($nginx, $passed, 100, 'a hundred requests, whoever served them, and whoever is asked');
ok $nginx->worker_pids == 2, 'there are two workers' or diag $nginx->worker_pids;

# --- streams, and requests that wait ------------------------------------------------------------------------------------------

my @streams = map { stream($nginx) } 1 .. 4;
becomes($nginx, 'mcp_open_streams', 4, 'open streams, of all workers');
shift @streams;
becomes($nginx, 'mcp_open_streams', 3, 'one has ended');

my @waiting = map { $nginx->begin('/opaque', token => "opaque-$_") } 1 .. 3;
becomes($nginx, 'mcp_waiting_requests', 3, 'requests that wait for the authorization server');
pop @waiting;
becomes($nginx, 'mcp_waiting_requests', 2, 'one has gone');
@waiting = ();
becomes($nginx, 'mcp_waiting_requests', 0, 'nobody waits');

# --- a worker is killed -----------------------------------------------------------------------------------------------------

my @workers = $nginx->worker_pids;
my $killed = metric($nginx, $passed);
kill KILL => @workers;
ok wait_for(20, sub { my @new = grep { my $pid = $_; !grep { $_ == $pid } @workers } $nginx->worker_pids; @new == 2 }), 'both workers are killed, and replaced';
becomes($nginx, 'mcp_open_streams', 0, 'their streams are gone');
everybody_says($nginx, $passed, $killed, 'and what they counted is not');
@streams = ();
$nginx->get('/mcp', token => access_token());
becomes($nginx, $passed, $killed + 1, 'it goes on from there');

# --- a reload -----------------------------------------------------------------------------------------------------------------

my $old = stream($nginx);
becomes($nginx, 'mcp_open_streams', 1, 'a stream');
my $counted = metric($nginx, $passed);
my %before = map { $_ => 1 } $nginx->worker_pids;
my $conf = TestNginx::Report::slurp($nginx->dir . '/nginx.conf');
$conf =~ s{location /fetched \{.*?\}}{} or die;
$nginx->write_file('nginx.conf', $conf);
kill HUP => $nginx->{pid};
ok wait_for(20, sub { 2 == grep { !$before{$_} } $nginx->worker_pids }), 'reloaded, while the stream goes on';
becomes($nginx, $passed, $counted, 'a reload keeps what was counted');
is metric($nginx, 'mcp_open_streams'), 1, 'and the stream of an old worker';
ok wait_for(10, sub { !grep { $_->body =~ /mcp_keys_age/ && $_->body =~ /^mcp_keys_age_seconds\{/m } $nginx->get_at_once((['/metrics']) x 16) }), 'an issuer that is configured no more has no age';
undef $old;
becomes($nginx, 'mcp_open_streams', 0, 'until it ends');
ok wait_for(20, sub { !grep { $before{$_} } $nginx->worker_pids }), 'the old workers have gone';

# --- introspection ------------------------------------------------------------------------------------------------------------

my $result = sub ($name) { qq(mcp_introspections_total{result="$name"}) };
my %had = map { $_ => metric($nginx, $result->($_)) } qw(active inactive error kept);
my $fetched = metric($nginx, qq(mcp_fetches_total{kind="introspection",server="$base",result="success"}));
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => 'https://mcp.example.com/opaque' }));
$nginx->get('/opaque', token => 'good-opaque-token') for 1 .. 3;
becomes($nginx, $result->('active'), $had{active} + 1, 'active');
becomes($nginx, $result->('kept'), $had{kept} + 2, 'a result that was kept');
$as->answer('/introspect', body => to_json({ active => JSON::false }));
$nginx->get('/opaque', token => 'bad-opaque-token');
becomes($nginx, $result->('inactive'), $had{inactive} + 1, 'inactive');
becomes($nginx, qq(mcp_fetches_total{kind="introspection",server="$base",result="success"}), $fetched + 2, 'two answers');
$as->answer('/introspect', status => 500, body => '');
$nginx->get('/opaque', token => 'another-opaque-token');
becomes($nginx, $result->('error'), $had{error} + 1, 'a server that fails');
becomes($nginx, qq(mcp_fetches_total{kind="introspection",server="$base",result="failure"}), 1, 'one failure');

# --- a discovery that asks at several URLs ----------------------------------------------------------------------------------------

my $late   = run_origin();
my $server = 'http://127.0.0.1:' . $late->port;
my $issuer = "$server/tenant";
$late->answer('/tenant/.well-known/openid-configuration', body => to_json({ issuer => $issuer, jwks_uri => "$issuer/jwks", authorization_endpoint => "$issuer/a", token_endpoint => "$issuer/t", response_types_supported => ['code'] }));
$late->answer('/tenant/jwks', body => jwks('p256'));
my $searching = run_nginx("mcp_scopes_supported x; server { listen 127.0.0.1:%%PORT%%; location = /metrics { mcp_metrics; } location /mcp { mcp_resource $resource; mcp_authorization_server $issuer; mcp_discovery on; %%OK%% } }");
becomes($searching, qq(mcp_fetches_total{kind="metadata",server="$server",result="success"}), 1, 'metadata at the last of three URLs');
becomes($searching, qq(mcp_fetches_total{kind="metadata",server="$server",result="failure"}), 2, 'was asked for at the others, in vain');
is scalar(grep { $_->{uri} =~ /well-known/ } $late->requests), 3, 'which is every request';

finish();
