# mcp_redis, and a Redis server that does not serve: no request waits long or passes by mistake, the log says what to do, and
# when the server is back, so are the limits.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::FakeRedis;
use TestNginx::Mcp;
use TestNginx::Redis;
use Time::HiRes qw(sleep time);

my $token = access_token(sub => 'alice');

# Redis servers and users that differ are different `mcp_redis`, each in an nginx of its own.
sub limited_nginx ($address, $more = '', $files = {}) {
    $more .= ' timeout=2s' if $more !~ /timeout=/;    # where time is not what is tested, a busy machine shall not matter
    return run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), %$files });
        mcp_redis $address $more;
        server {
            listen 127.0.0.1:%%PORT%%;
            location /mcp { $protected mcp_rate_limit rate=1r/h burst=999; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /one { $protected mcp_rate_limit rate=1r/h; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /free { $protected proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        }
        server { listen 127.0.0.1:%%PORT_BACK%%; return 200 ok; }
CONF
}
sub status_of ($nginx, $path = '/mcp') { return $nginx->get($path, token => $token)->status }
sub told ($nginx) { return grep { /\[error\].* Redis at / && !/client: / } split /\n/, $nginx->log }
# A request that is refused because nobody can say; and what the log says once.
sub is_unavailable ($nginx, $pattern, $what) {
    my $refused = $nginx->get('/mcp', token => $token);
    is $refused->status, 503, "$what: refused";
    like $refused->header('Retry-After'), qr/\A[1-9]\d*\z/, '... for a while';
    like $refused->body, qr/now, try again in @{[ $refused->header('Retry-After') ]} s"/, '... which the body says, once';
    like join("\n", told($nginx)), $pattern, '... and the log says why';
    is scalar(told($nginx)), 1, '... once' or diag join "\n", told($nginx);
    return;
}
sub comes_back ($nginx, $what) {
    my $began = time;
    ok TestNginx::wait_for(10, sub { sleep 0.05; status_of($nginx) == 200 }), "$what: requests pass again" or diag $nginx->log;
    return cmp_ok time - $began, '<', 7, '... soon';
}

# --- not there

my $redis = TestNginx::Redis->start;
$redis->stop;
my $nginx = limited_nginx($redis->address, 'timeout=200ms');
is_unavailable($nginx, qr/cannot connect: Connection refused \(is it running there\?\); requests that cannot be counted are refused/, 'Redis is down');
is status_of($nginx, '/free'), 200, '... and what has no limit passes';
my $lenient = limited_nginx($redis->address, 'on_error=allow');
is status_of($lenient, '/one'), 200, 'on_error=allow: passes' for 1 .. 3;
like join("\n", told($lenient)), qr/requests that cannot be counted pass without a limit/, '... and the log says so';
$redis->launch;
comes_back($nginx, 'Redis is there');
like $nginx->log, qr/\[notice\].* Redis at \S+: it serves again/, '... and the log says so';
ok TestNginx::wait_for(10, sub { sleep 0.05; status_of($lenient, '/one') == 429 }), '... and whoever let all pass counts again';
$lenient->stop;

# --- it hangs

$redis->hang;
my $began = time;
is status_of($nginx), 503, 'Redis hangs: refused';
cmp_ok time - $began, '>=', 0.19, '... after the time that it has';
cmp_ok time - $began, '<', 2, '... and not much later';
like post($nginx, '/mcp', message('ping'), token => $token)->body, qr/"id":1,"error"/, '... a message is answered with its id';
$began = time;
my @at_once = map { $_->status } $nginx->get_at_once(map { ['/mcp', token => $token] } 1 .. 50);
is_deeply [grep { $_ != 503 } @at_once], [], '... so are 50 at once';
cmp_ok time - $began, '<', 4, '... which do not wait for each other';
my ($slow, $all) = (0, 0);
my $until = time + 2;
while (time < $until) {
    my $start = time;
    status_of($nginx);
    $slow++ if time - $start > 0.15;
    $all++;
}
cmp_ok $slow, '<=', 8, "while it hangs, few requests wait for it ($slow of $all)";
$redis->go_on;
comes_back($nginx, 'it goes on');
$nginx->stop;

# --- it is slow

my $patient = limited_nginx($redis->address, 'timeout=3s');
$redis->hang;
my $waiting = $patient->begin('/mcp', token => $token);
sleep 0.7;
$redis->go_on;
my ($late) = TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($waiting, 10));
is $late->status, 200, 'a slow Redis is waited for as long as timeout= says';
$redis->hang;
my $leaves = $patient->begin('/mcp', token => $token);
sleep 0.2;
close $leaves;
sleep 0.2;
$redis->go_on;
is status_of($patient), 200, 'a client that leaves harms nobody after it';

# --- it serves, but does not do it

$redis->ask('CONFIG', 'SET', 'maxmemory', '1');
is_unavailable($patient, qr/its memory is full .*maxmemory/, 'full');
$redis->ask('CONFIG', 'SET', 'maxmemory', '0');
comes_back($patient, 'with room');
$patient->stop;

sub fails_with ($change, $pattern, $what) {
    my $new = limited_nginx($redis->address);
    is status_of($new), 200, 'passes';
    $change->();
    is_unavailable($new, $pattern, $what);
    return $new;
}
my $replica = fails_with(sub { $redis->ask('REPLICAOF', '127.0.0.1', '1') }, qr/it is a replica, which takes no writes; name the primary|it is a replica without its primary/, 'a replica');
$redis->ask('REPLICAOF', 'NO', 'ONE');
comes_back($replica, 'a primary again');
$replica->stop;
my $foreign = fails_with(sub { $redis->ask('DEL', $_), $redis->ask('LPUSH', $_, 'x') for $redis->limit_keys }, qr/a key with our prefix is of another type/, 'another type');
$redis->ask('FLUSHALL');
comes_back($foreign, 'the key is deleted');
$foreign->stop;
my $garbage = fails_with(sub { $redis->ask('SET', $_, '<html>') for $redis->limit_keys }, qr/has a value that is not ours/, 'a foreign value');
$garbage->stop;
$redis->ask('FLUSHALL');

# --- users and passwords

my $password = 'secret-of-redis-0123456789';
sub with_password ($more, $content = $password) {
    my $new = limited_nginx($redis->address, "password_file=%%TESTDIR%%/password $more", { password => "$content\n" });
    $new->keep_out_of_log($content, $password);
    return $new;
}
my $without = fails_with(sub { $redis->ask('CONFIG', 'SET', 'requirepass', $password), $redis->log_in_with($password); $redis->ask('CLIENT', 'KILL', 'TYPE', 'normal') }, qr/it needs a password; set "password_file="/, 'a password is needed');
$without->stop;
my $wrong = with_password('', 'wrong-secret-of-redis');
is_unavailable($wrong, qr/it refuses the password \(WRONGPASS\): correct "password_file=" or "user="/, 'the wrong password');
$wrong->write_file('password', $password);
comes_back($wrong, 'the file has the right one');
unlink $wrong->dir . '/password';
$redis->ask('CLIENT', 'KILL', 'TYPE', 'normal');
sleep 0.1;
is status_of($wrong), 503, 'without the file: refused';
$wrong->stop;
$redis->ask('ACL', 'SETUSER', 'mcp', 'reset', 'on', ">$password", '~mcp:limit:*', '+evalsha', '+eval', '+get', '+set', '+time');
my $named = with_password('user=mcp');
is status_of($named), 200, 'a user with these rights alone is enough';
$redis->ask('FLUSHALL');    # both count the same
is status_of($named, '/one'), 200, '... from the first';
is status_of($named, '/one'), 429, '... to the limit';
$named->stop;
for my $missing (qw(-eval -evalsha -get -set -time resetkeys)) {
    $redis->ask('SCRIPT', 'FLUSH');
    $redis->ask('ACL', 'SETUSER', 'poor', 'reset', 'on', ">$password", '~mcp:limit:*', '+evalsha', '+eval', '+get', '+set', '+time', $missing);
    my $poor = with_password('user=poor');
    is_unavailable($poor, qr/its user lacks rights/, "a user with $missing");
    $poor->stop;
}

# --- what is no Redis, or a hostile one

my %answers = (
    'HTTP'                    => ["HTTP/1.1 400 Bad Request\r\n\r\n",             qr/no reply of Redis/],
    'nothing'                 => [undef,                                          qr/it closed the connection/],
    'a status'                => ["+OK\r\n",                                      qr/something else than the limits/],
    'nil'                     => ["\$-1\r\n",                                     qr/something else than the limits/],
    'too few numbers'         => ["*4\r\n:1\r\n:5\r\n:4\r\n:10\r\n",              qr/something else than the limits/],
    'impossible numbers'      => ["*5\r\n:1\r\n:5\r\n:9\r\n:10\r\n:0\r\n",        qr/something else than the limits/],
    'texts'                   => ["*5\r\n" . "\$1\r\n1\r\n" x 5,                  qr/something else than the limits/],
    'an array without end'    => ["*1000000000\r\n:1\r\n",                        qr/larger than any that is expected/],
    'a text without end'      => ["\$2000000000\r\n" . 'x' x 100_000,             qr/larger than any that is expected/],
    'a line without end'      => ['+' . 'x' x 100_000,                            qr/larger than any that is expected/],
    'arrays in arrays'        => ["*1\r\n" x 10_000,                              qr/larger than any that is expected|no reply of Redis/],
    'two replies for one'     => ["*5\r\n:1\r\n:5\r\n:4\r\n:10\r\n:0\r\n+more\r\n", qr/without being asked: "more"/],
    'an error of another kind' => ["-WHAT \x1b[31mred\r\n",                       qr/it fails \(it says "WHAT %1B\[31mred"\)/],
    'a cluster'               => ["-MOVED 1 127.0.0.1:1\r\n",                     qr/cluster, which is not supported/],
    'always NOSCRIPT'         => ["-NOSCRIPT No matching script.\r\n",            qr/it fails \(it says "NOSCRIPT/],
    'loading'                 => ["-LOADING Redis is loading the dataset in memory\r\n", qr/still loading its data/],
    'busy'                    => ["-BUSY Redis is busy running a script.\r\n",    qr/a script of another client blocks it/],
);
for my $name (sort keys %answers) {
    my ($bytes, $pattern) = @{ $answers{$name} };
    my $fake = TestNginx::FakeRedis->start($bytes // sub { undef });
    my $new  = limited_nginx($fake->address);
    if ($name eq 'two replies for one') {
        is status_of($new), 200, "$name: the first counts";
        ok TestNginx::wait_for(5, sub { told($new) }), '... and the log tells of the other';
        like join("\n", told($new)), $pattern, '... so';
    } else {
        is_unavailable($new, $pattern, $name);
    }
    $new->stop;
    $fake->stop;
}
my $greeting = TestNginx::FakeRedis->start("+OK\r\n", greeting => "-ERR max number of clients reached\r\n");
my $full     = limited_nginx($greeting->address);
is_unavailable($full, qr/max number of clients reached/, 'no room for clients');
$full->stop;
# Redis repeats the arguments of a command that it does not know.
my $echo   = TestNginx::FakeRedis->start(sub ($bytes, $) { return "-ERR unknown command 'AUTH', with args beginning with: '$password'\r\n" });
my $echoed = limited_nginx($echo->address, 'password_file=%%TESTDIR%%/password', { password => $password });
$echoed->keep_out_of_log($password);
is_unavailable($echoed, qr/it refuses the password \(ERR\)/, 'a server that repeats the password');
$echoed->stop;
my $later = TestNginx::FakeRedis->start(sub ($bytes, $number) { return $number == 0 ? "+OK\r\n" : "-ERR user mcp password $password is wrong\r\n" });
my $told  = limited_nginx($later->address, 'password_file=%%TESTDIR%%/password', { password => $password });
$told->keep_out_of_log($password);
is_unavailable($told, qr/it fails \(it says "ERR it repeats the password"\)/, '... and one that does so later');
$told->stop;

# --- it serves now and then

my ($reader, $writer);
pipe $reader, $writer or die "pipe: $!\n";
my $useless = TestNginx::FakeRedis->start(sub ($bytes, $number) { syswrite $writer, '.' if $number == 0; return "+OK\r\n" });
my $eager   = limited_nginx($useless->address);
my $end     = time + 3;
while (time < $end) { status_of($eager); sleep 0.02 }
$eager->stop;
$useless->stop;
close $writer;
my $connections = length do { local $/; <$reader> };
cmp_ok $connections, '<', 12, 'a server that answers something else is left alone for longer each time';
is scalar(told($eager)), 1, '... told of once';
unlike $eager->log, qr/it serves again/, '... and never said to serve';
$redis->ask('CONFIG', 'SET', 'requirepass', '');
$redis->ask('FLUSHALL');
my $partly = limited_nginx($redis->address);
is status_of($partly, '/one'), 200, 'a key of somebody else';
$redis->ask('SET', $_, '<html>') for $redis->limit_keys;
for (1 .. 5) {
    is status_of($partly, '/one'), 503, '... its limit is not known';
    is status_of($partly),         200, '... others are';
}
is scalar(told($partly)), 1, '... which is told once';

finish;
