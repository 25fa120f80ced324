# Workers that are killed at any moment leave the shared cache usable: other tokens keep their own answers.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep);

plan skip_all => 'valgrind does not survive its process being killed' if $ENV{TEST_NGINX_VALGRIND};

my $nginx = run_nginx(<<"CONF", {}, allow => qr/exited on signal 9|shared memory zone "main" was locked by/, connections => 1024);
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            auth_oauth2_token_introspect on;
            auth_oauth2_token_introspect_endpoint /_as/\$http_x_user;
            auth_oauth2_token_introspect_cache zone=main:64k max_ttl=1h;
            add_header X-Sub \$oauth2_token_sub;
            %%OK%%
        }
        location /_as/ { internal; proxy_pass http://127.0.0.1:%%PORT_AS%%; }
    }
    server { listen 127.0.0.1:%%PORT_AS%%; location ~ /_as/(?<user>.*) { default_type application/json; return 200 '{"active":true,"sub":"\$user"}'; } }
CONF

# The answers come from a worker that dies as well, so some requests are lost; but none may get a wrong one.
sub load () {
    my $child = fork // die "fork: $!";
    return $child if $child;
    alarm 240 * $TestNginx::patience;    # whatever becomes of the test
    my %wrong;
    my $stop;
    local $SIG{USR1} = sub { $stop = 1 };
    for (my $number = 0; !$stop; $number++) {
        my $user = 'user' . $number % 300;
        my $response = eval { $nginx->get('/ok', token => "token-of-$user", headers => ["X-User: $user"]) } // next;
        $wrong{"$user is " . ($response->header('X-Sub') // 'nobody')}++ if $response->status == 200 && ($response->header('X-Sub') // '') ne $user;
    }
    POSIX::_exit(scalar keys %wrong);
}

my @loaders = map { load() } 1 .. 3;
for my $round (1 .. 30) {
    sleep 0.05;
    my $worker = $nginx->worker_pid;
    kill 'KILL', $worker;
    wait_for(10, sub { $nginx->log =~ /worker process $worker exited/ }) or fail "worker $worker did not end";
}
kill 'USR1', @loaders;
my $wrong = 0;
for (@loaders) { waitpid $_, 0; $wrong += $? >> 8 }
is $wrong, 0, 'nobody got the answer of another token';
for my $user (map { "user$_" } 1 .. 3) {
    is $nginx->get('/ok', token => "token-of-$user", headers => ["X-User: $user"])->header('X-Sub'), $user, "$user passes afterwards";
}

finish();
