# A reload with other keys, under load: no request is lost, and the old key is refused afterwards.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/jwks', body => jwks(qw(p256 rsa)));
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks(qw(p256 rsa)) });
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        location /file { auth_jwt_key_file jwks.json; %%OK%% }
        location /request { auth_jwt_key_request /_as; auth_jwt_key_cache 1h; %%OK%% }
        location = /_as { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
CONF
my %token = map { $_ => mint($_) } qw(p256 rsa p384);

sub status ($path, $key) { return $nginx->get($path, token => $token{$key})->status }

for my $path (qw(/file /request)) {
    is status($path, $_), 200, "$path: before, $_ passes" for qw(p256 rsa);
    is status($path, 'p384'), 401, "$path: before, the new key is refused";
}
$nginx->write_file('jwks.json', jwks(qw(rsa p384)));
$as->answer('/jwks', body => jwks(qw(rsa p384)));

pipe my $results, my $writer or die "pipe: $!";
my $loader = fork // die "fork: $!";
if (!$loader) {
    my %count;
    for my $number (1 .. 300) {
        $count{ eval { status($number % 2 ? '/file' : '/request', 'rsa') } // "lost: $@" }++;
    }
    syswrite $writer, to_json(\%count);
    POSIX::_exit(0);
}
close $writer;
$nginx->reload;
$nginx->reload;
is_deeply from_json(join '', <$results>), { 200 => 300 }, 'every request under load gets its 200';
waitpid $loader, 0;

for my $path (qw(/file /request)) {
    is status($path, 'rsa'), 200, "$path: after, the key that stayed passes";
    is status($path, 'p384'), 200, "$path: after, the new key passes";
    is status($path, 'p256'), 401, "$path: after, the old key is refused";
}

my $worker = $nginx->worker_pid;
$nginx->write_file('jwks.json', 'nonsense');
kill 'HUP', $nginx->{pid};
ok wait_for(10, sub { $nginx->log =~ /\[emerg\].*jwks\.json/ }), 'a reload with a bad key file is refused, and names the file';
is $nginx->worker_pid, $worker, 'the old worker goes on';
is status('/file', 'p384'), 200, 'with the keys it has';
$nginx->{options}{allow} = qr/\[emerg\].*jwks\.json/;

finish();
