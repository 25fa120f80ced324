# mcp_redis: several nginx count together, in a Redis server that loses its memory, its scripts, or its connections.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Redis;
use Time::HiRes qw(sleep time);

my $redis = TestNginx::Redis->start;

# An nginx that counts at `address`. Options: `more`, further parameters of the directive; `http`, directives; of run_nginx.
sub limited_nginx ($address, %options) {
    my ($more, $http) = (delete $options{more} // '', delete $options{http} // '');
    return run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), %{ delete $options{files} // {} } }, %options);
        mcp_redis $address timeout=2s $more;
        $http
        server {
            listen 127.0.0.1:%%PORT%%;
            location /mcp    { $protected mcp_rate_limit rate=1r/h burst=2; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /many   { $protected mcp_rate_limit rate=1r/h burst=49; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /fixed  { $protected mcp_rate_limit rate=2r/h algorithm=fixed_window; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /bucket { $protected mcp_rate_limit rate=2r/h algorithm=token_bucket; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /slide  { $protected mcp_rate_limit rate=2r/h algorithm=sliding_window; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /both   { $protected mcp_rate_limit rate=1r/h burst=5; mcp_rate_limit rate=1r/h by=issuer; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        }
        server { listen 127.0.0.1:%%PORT_BACK%%; return 200 ok; }
CONF
}

my $user = 0;
sub new_token () { return access_token(sub => 'user-' . ++$user) }
sub statuses ($nginx, $path, $token, $times) { return join ' ', map { $nginx->get($path, token => $token)->status } 1 .. $times }

# --- what it says is what a zone says

my $nginx = limited_nginx($redis->address);
my $alice = new_token();
for my $left (2, 1, 0) {
    my $passed = $nginx->get('/mcp', token => $alice);
    is $passed->status, 200, "a request with $left left passes";
    is $passed->header('RateLimit-Policy'), '"subject";q=3;w=3600', '... and is told the policy';
    like $passed->header('RateLimit'), qr/\A"subject";r=$left;t=\d+\z/, '... and what is left';
}
my $refused = $nginx->get('/mcp', token => $alice);
is $refused->status, 429, 'one more is refused';
cmp_ok $refused->header('Retry-After'), '>', 3500, '... and told when it would pass';
is $nginx->get('/mcp', token => new_token())->status, 200, 'somebody else passes';

my @keys = $redis->limit_keys;
is scalar(@keys), 2, 'there is a key for each';
like $_, qr/\Amcp:limit:[A-Za-z0-9_-]{43}\z/, '... with nothing in it that could be read' for @keys;
cmp_ok $redis->ask('PTTL', $_), '<=', 3 * 3_600_000 + 60_000, '... which does not stay' for @keys;
cmp_ok $redis->ask('MEMORY', 'USAGE', $keys[0]), '<', 250, '... and is small: ' . $redis->ask('MEMORY', 'USAGE', $keys[0]) . ' bytes';

for my $path (qw(/fixed /bucket /slide)) {
    is statuses($nginx, $path, new_token(), 3), '200 200 429', "$path: as many as the rate says";
}

# --- all pass, or none is counted

is statuses($nginx, '/both', new_token(), 1), '200', 'the first of the issuer';
my $bob = new_token();
@keys = $redis->limit_keys;
is statuses($nginx, '/both', $bob, 3), '429 429 429', 'the issuer is over its limit';
is scalar(() = $redis->limit_keys), @keys, '... and nothing was counted for the subject';

# --- two nginx, or two workers, count together

my $second = limited_nginx('unix:' . $redis->socket, workers => 2);
my $both   = new_token();
my %seen;
for my $round (1 .. 4) {
    $seen{ $_->status }++ for map { $_->get_at_once(map { ['/many', token => $both] } 1 .. 10) } $nginx, $second;
}
is $seen{200}, 50, 'of 80 requests at two nginx as many pass as the limit says';
is $seen{429}, 30, '... and all others are over it';

# --- another prefix is another limit

my $other = limited_nginx($redis->address, more => 'prefix=other');
my $carol = new_token();
is statuses($nginx, '/mcp', $carol, 4), '200 200 200 429', 'over the limit here';
is statuses($other, '/mcp', $carol, 1), '200', '... and not where the prefix is another';
is scalar($redis->limit_keys('other')), 1, '... which the key begins with';
$other->stop;

# --- what Redis forgets

$redis->ask('SCRIPT', 'FLUSH');
is statuses($nginx, '/mcp', $carol, 2), '429 429', 'without its scripts Redis still counts';
my $mark = $nginx->log_mark;
$redis->stop;
$redis->launch;
is statuses($nginx, '/mcp', $carol, 4), '200 200 200 429', 'started again with nothing in memory, it counts anew';
unlike $nginx->log($mark), qr/\[(?:error|alert|crit)\](?!.*: rate_limited: )/, '... and nobody was refused for it';
$redis->ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no');
is statuses($nginx, '/mcp', $carol, 1), '429', 'a connection that Redis ended is opened again';

# --- one connection for each worker, which holds nobody up

is statuses($nginx, '/many', new_token(), 20), join(' ', (200) x 20), 'many requests';
my @mine = grep { !/name=\S*test/ } grep { /cmd=evalsha/ } split /\n/, $redis->ask('CLIENT', 'LIST');
cmp_ok scalar(@mine), '<=', 3, 'they share the connection of their worker';
my $began = time;
$nginx->reload;
cmp_ok time - $began, '<', 5, 'the connection does not keep a worker that quits';
is statuses($nginx, '/mcp', $carol, 1), '429', '... and the limit outlives it';
$redis->hang;
my $waits = $nginx->begin('/mcp', token => new_token());
sleep 0.05;
kill 'HUP', $nginx->{pid};
sleep 0.05;
$redis->go_on;
my ($answer) = TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($waits, 10));
is $answer->status, 200, 'a worker that quits answers who waits';

# --- a resolver looks the name up again

my $resolved = limited_nginx("localhost:@{[ $redis->port ]}", http => 'resolver 127.0.0.1:1; resolver_timeout 1s;');
is statuses($resolved, '/mcp', new_token(), 1), '503', 'a resolver that does not answer: nobody can say';
like $resolved->log, qr/Redis at localhost:\d+: (?:its name cannot be looked up|it cannot be connected to in time)/, '... which the log says';

finish;
