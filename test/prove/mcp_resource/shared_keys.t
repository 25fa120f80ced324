# Workers share what one of them fetched: one fetch for all of them, whoever is killed; and those that wait for another's
# fetch do not look for it again and again in the zone, whose lock all requests of all workers need.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use Time::HiRes qw(sleep time);

plan skip_all => 'valgrind does not survive its process being killed' if $ENV{TEST_NGINX_VALGRIND};

my $workers = 4;
my $as      = run_origin();
my $base    = 'http://127.0.0.1:' . $as->port;
sub hits ($path) { return scalar(() = $as->requests($path)) }

sub run_workers ($path) {
    return run_nginx(<<"CONF", {}, workers => $workers, log_level => 'debug', allow => qr/exited on signal 9/);
    mcp_zone mcp 1m;
    mcp_authorization_server $base;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /keys { mcp_resource $resource; mcp_jwks $base$path; add_header X-Worker \$pid; %%OK%% }
        location /pid  { return 200 \$pid; }
    }
CONF
}

sub token ($key, %more) { return mint($key, claims(iss => $base, aud => $resource, sub => rand), %more) }

# Requests until every worker has answered one; the statuses that came.
sub statuses_of_all ($nginx, $key) {
    my (%workers, %statuses);
    wait_for(20, sub {
        for my $response ($nginx->get_at_once(map { ['/keys', token => token($key)] } 1 .. 20)) {
            $statuses{ $response->status }++;
            $workers{ $response->header('X-Worker') // '' }++;
        }
        return (grep { $_ } keys %workers) == $workers;
    }) or diag 'not every worker has answered';
    return join ' ', sort keys %statuses;
}

# What the workers did with the keys, each: { pid => [state, ...] }. Only where nginx was built with a debug log.
sub states ($nginx) {
    my ($log, %states) = ($nginx->log);
    push @{ $states{$1} }, $2 while $log =~ /\[debug\] (\d+)#\d+: (?:\*\d+ )?keys of "[^"]*": (.*)/g;
    return \%states;
}
sub entered ($nginx, $state) { return scalar grep { $_ eq $state } map { @$_ } values %{ states($nginx) } }

# --- a slow server

$as->answer('/slow', body => jwks('p256'), delay => 1.5);
my $slow = run_workers('/slow');
is join(' ', map { $_->status } $slow->get_at_once(map { ['/keys', token => token('p256')] } 1 .. 12)), join(' ', (200) x 12),
    'all requests wait for the first keys, whichever worker has them';
is statuses_of_all($slow, 'p256'), '200', 'every worker gets the keys';
is hits('/slow'), 1, 'and one has fetched them';
my $has_debug = keys %{ states($slow) } > 0;
SKIP: {
    skip 'nginx has no debug log, or the module tells no states', 3 if !$has_debug && !grep { /with-debug/ } `@{[ $ENV{TEST_NGINX_BINARY} // 'nginx' ]} -V 2>&1`;
    is scalar(keys %{ states($slow) }), $workers, 'every worker tells its states in the debug log';
    is entered($slow, 'fetching keys'), 1, 'one of them fetched';
    cmp_ok entered($slow, 'following'), '<=', $workers - 1, 'the others looked once, and then waited for the announcement';
}

# --- a server that fails: nobody waits for it in vain, and one worker tries for all

$as->answer('/fails', status => 500, delay => 0.5);
my $fails = run_workers('/fails');
my $begun = time;
is join(' ', map { $_->status } $fails->get_at_once(map { ['/keys', token => token('p256')] } 1 .. 12)), join(' ', (503) x 12),
    'a failure is told to all that wait';
cmp_ok time - $begun, '<', 3, 'as soon as it is known';
is hits('/fails'), 1, 'by the one worker that asked';

# --- the worker that fetches is killed

$as->answer('/killed', hang => 1);
my $killed = run_workers('/killed');
ok wait_for(10, sub { hits('/killed') == 1 }), 'a worker fetches';
$as->answer('/killed', body => jwks('p256'));
SKIP: {
    my $states = states($killed);
    my ($fetcher) = grep { grep { $_ eq 'fetching keys' } @{ $states->{$_} } } keys %$states;
    skip 'it is not known which, without a debug log', 3 if !$fetcher && !$has_debug;
    kill 'KILL', $fetcher;
    ok wait_for(10, sub { $killed->log =~ /worker process $fetcher exited on signal 9/ }), 'it is killed';
    # Its claim would hold for eleven seconds.
    is $killed->get('/keys', token => token('p256'))->status, 200, 'another one sees that it is dead, and fetches for those who wait';
    is statuses_of_all($killed, 'p256'), '200', 'for all workers';
}
is hits('/killed'), 2, 'once';

# --- a worker that quits gives up its claim, so that others need not wait until it has run out

$as->answer('/quits', hang => 1);
my $quits = run_workers('/quits');
ok wait_for(10, sub { hits('/quits') == 1 }), 'a worker fetches';
$as->answer('/quits', body => jwks('p256'));
kill 'HUP', $quits->{pid};
ok wait_for(10, sub { (() = $quits->log =~ /worker process \d+ exited with code 0/g) == $workers }), 'a reload in the middle of a fetch';
is statuses_of_all($quits, 'p256'), '200', 'the workers of the new configuration fetch at once';

finish();
