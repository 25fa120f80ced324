# Rate limits in shared memory: all workers count together, and go on after a reload and after the death of a worker; a
# full zone says so, and lets the least recently used begin anew.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

plan skip_all => 'valgrind does not survive its process being killed' if $ENV{TEST_NGINX_VALGRIND};

sub config ($zone, $rate) {
    return <<"CONF";
    mcp_zone $zone;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        location /mcp { $protected mcp_rate_limit rate=$rate algorithm=token_bucket; %%OK%% }
        location /short { $protected mcp_rate_limit rate=1r/h; %%OK%% }
    }
CONF
}

my $nginx = run_nginx(config('mcp 1m', '100r/h'), { 'jwks.json' => jwks('p256') }, workers => 2,
    allow => qr/exited on signal 9|shared memory zone "mcp:limits" was locked by/);
my $alice = access_token(sub => 'alice');

sub passed ($path, $token, $times) { return scalar grep { $nginx->get($path, token => $token)->status == 200 } 1 .. $times }

# Both workers are new ones.
sub reload () {
    my %old = map { $_ => 1 } $nginx->worker_pids;
    kill 'HUP', $nginx->{pid};
    wait_for(30, sub { my @now = $nginx->worker_pids; @now == 2 && !grep { $old{$_} } @now }) or die "no new workers:\n" . $nginx->log;
    return;
}

is passed('/mcp/ok', $alice, 60), 60, 'workers count together: what is below the limit passes';
is passed('/mcp/ok', $alice, 60), 40, '... and no more than the limit';

my $bob = access_token(sub => 'bob');
is passed('/mcp/ok', $bob, 30), 30, 'another begins';
reload();
is passed('/mcp/ok', $alice, 3), 0, 'after a reload, who had used up the limit has used it up';
is passed('/mcp/ok', $bob, 100), 70, '... and who had some left has that';

# Whoever asks while workers die gets no more than the limit, and what a dead worker counted is lost at most.
my $carol = access_token(sub => 'carol');
my $got   = 0;
for my $round (1 .. 10) {
    my $worker = $nginx->worker_pid;
    kill 'KILL', $worker;
    wait_for(10, sub { $nginx->log =~ /worker process $worker exited/ }) or fail "worker $worker did not end";
    for (1 .. 12) { my $response = eval { $nginx->get('/mcp/ok', token => $carol) } // next; $got++ if $response->status == 200 }
}
cmp_ok $got, '<=', 100, 'workers that are killed give nobody more than the limit';
cmp_ok $got, '>=', 90, '... and lose no more than what they were asked';
is passed('/mcp/ok', $alice, 3), 0, '... and forget nobody';

# 64k: less than a thousand places.
my $small = run_nginx(config('small 64k', '100r/h'), { 'jwks.json' => jwks('p256') });
my $first = access_token(sub => 'first');
my $began = time;
is $small->get('/short/ok', token => $first)->status, 200, 'a small zone: the first one';
for my $number (1 .. 1300) { $small->get('/short/ok', token => access_token(sub => "user-$number")) }
is $small->get('/short/ok', token => $first)->status, 200, 'the least recently used begins anew when the zone is full';
my @lines = grep { /zone "small:limits" is nearly full/ } split /\n/, $small->log;
my $most  = 1 + int((time - $began) / 60);
ok @lines >= 1 && @lines <= $most, '... which the log says, once in a minute' or diag @lines . " lines, $most at most";

finish();
