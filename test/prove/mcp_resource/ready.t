# mcp_ready: 200 when a request with a good token could be let in, and 503 as long as it would be told to come again,
# with the issuers whose keys are missing; without any client, and however often somebody asks.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use Time::HiRes qw(sleep time);

my $as = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub token_of ($issuer, $key = 'p256') { return mint($key, claims(iss => $issuer, aud => $resource)) }
sub metadata ($issuer) { return to_json({ issuer => $issuer, jwks_uri => "$issuer/jwks", authorization_endpoint => "$issuer/a", token_endpoint => "$issuer/t", response_types_supported => ['code'] }) }

# Directives of a resource for each server; in the first server stands the probe, in a location that nothing protects.
sub run_probed ($resources, %options) {
    my ($first, @others) = map { "location /mcp { mcp_resource $resource; $_ %%OK%% }" } @$resources;
    my $n = 0;
    my $others = join '', map { $n++; "server { listen 127.0.0.1:%%PORT_$n%%; $_ }" } @others;
    return run_nginx("mcp_zone mcp 1m; mcp_keys_max_age 5s; server { listen 127.0.0.1:%%PORT%%; location = /readyz { mcp_ready; } $first } $others", { 'jwks.json' => jwks('p256'), secret => 'a-long-secret-of-mine' }, %options);
}
sub probe ($nginx, %request) { return $nginx->get('/readyz', %request) }
sub is_ready ($nginx) { return probe($nginx)->status == 200 }
sub shown ($response) { return join ' ', $response->status, $response->body =~ s/\n\z//r =~ s/\n/|/gr }

# --- nothing to wait for ------------------------------------------------------------------------------------------------

my $own = run_probed(["mcp_authorization_server $base; mcp_jwks jwks.json;", "mcp_authorization_server $base; mcp_introspection $base/introspect client_id=x client_secret_file=secret;"]);
my $ready = probe($own);
is shown($ready), '200 ready', 'keys of files are always there, and introspection needs none';
is $ready->header('Content-Type'), 'text/plain', 'for people';
is $ready->header('Cache-Control'), 'no-store', 'and for this moment';
is shown(probe($own, token => 'nonsense')), '200 ready', 'a token makes no difference';
is shown(probe($own, method => 'HEAD')), '200 ', 'HEAD';
for my $method (qw(POST PUT DELETE OPTIONS)) {
    my $refused = probe($own, method => $method);
    is join(' ', $refused->status, $refused->header('Allow')), '405 GET, HEAD', $method;
}
is scalar(() = $as->requests), 0, 'nobody was asked';

# --- a slow server, without any client ----------------------------------------------------------------------------------

$as->answer("/.well-known/oauth-authorization-server/slow", body => metadata("$base/slow"), delay => 1.5);
$as->answer('/slow/jwks', body => jwks('p256'));
my $slow = run_probed(["mcp_authorization_server $base/slow; mcp_discovery on;"]);
my $waits = probe($slow);
is shown($waits), "503 not ready|no keys of $base/slow", 'not ready as long as the keys are on their way; the issuer is named';
like $waits->header('Retry-After'), qr/\A\d+\z/, 'when to come again';
is $waits->header('Cache-Control'), 'no-store', 'for this moment';
is shown(probe($slow, method => 'HEAD')), '503 ', 'HEAD';
ok wait_for(10, sub { is_ready($slow) }), 'ready, although no client has been here';
is $slow->get('/mcp', token => token_of("$base/slow"))->status, 200, 'and the first token is good';
is hits('/slow/jwks'), 1, 'one fetch';

# --- a server that is down, however often it is probed, and comes back ----------------------------------------------------

$as->answer('/internal/keys', status => 503, headers => [['Retry-After' => 120]], body => '');
$as->answer('/second/jwks', body => jwks('p256'));
my $down = run_probed(["mcp_authorization_server https://second.example.com; mcp_jwks $base/second/jwks;", "mcp_authorization_server https://as.example.com; mcp_jwks $base/internal/keys;"]);
ok wait_for(5, sub { hits('/internal/keys') && hits('/second/jwks') }), 'both are asked';
my ($probes, $end) = (0, time + 6);
while (time < $end) { $probes++ if probe($down)->status == 503; sleep 0.05 }
cmp_ok $probes, '>', 20, 'not ready: a resource of another server counts, too';
is shown(probe($down)), '503 not ready|no keys of https://as.example.com', 'the issuer is named by its public name, and not where its keys are';
is hits('/internal/keys'), 1, 'who has said when to come again is asked no earlier';

$as->answer('/keys', status => 503, body => '');
my $recovers = run_probed(["mcp_authorization_server $base; mcp_jwks $base/keys;"], workers => 2);
($probes, $end) = (0, time + 7);
while (time < $end) { $probes++ if probe($recovers)->status == 503; sleep 0.02 }
cmp_ok $probes, '>', 50, 'not ready as long as it is down';
cmp_ok hits('/keys'), '<=', 6, 'and no probe makes nginx ask more often than a token could';
$as->answer('/keys', body => jwks('p256'));
ok wait_for(12, sub { is_ready($recovers) }), 'ready when it is back';
is join(' ', map { $_->status } $recovers->get_at_once((['/readyz']) x 20)), join(' ', (200) x 20), 'in each worker: what one of them has is in the zone';

# --- an outage later, and keys that are withdrawn --------------------------------------------------------------------------

$as->answer('/keys', status => 503, body => '');
my $before = hits('/keys');
ok wait_for(12, sub { hits('/keys') > $before }), 'keys are asked for again, in vain';
is join(' ', probe($recovers)->status, $recovers->get('/mcp', token => token_of($base))->status), '200 200', 'ready as long as the old ones are good';
$as->answer('/keys', body => '{"keys":[]}');
ok wait_for(20, sub { $recovers->get('/mcp', token => token_of($base))->status == 401 }), 'the issuer withdraws its keys';
is probe($recovers)->status, 200, 'ready: a token gets its answer';
$as->answer('/keys', status => 500, body => '');
ok wait_for(20, sub { $recovers->get('/mcp', token => token_of($base))->status == 503 }), 'then it fails, and a token is told to come later';
ok wait_for(20, sub { probe($recovers)->status == 503 }), 'not ready, then';
$as->answer('/keys', body => jwks('p256'));
ok wait_for(20, sub { is_ready($recovers) }), 'ready when it has keys again';

finish();
