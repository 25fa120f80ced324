# nginx' own cache in the location of the keys. A subrequest in memory cannot have the subrequest by which nginx renews a
# stale answer in the background: it renews it itself.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my @large = map { jwk('rsa', kid => "key-$_") } 1 .. 30;    # 15 KB: more than the buffers
my %caches = (background => 'proxy_cache_background_update on;', plain => '',
    threads => 'proxy_cache_background_update on; aio threads; aio_write on; sendfile on;');
# How long an answer is fresh, it says itself: for a second, or for longer than any machine needs for this test.
my @brief   = (headers => [['X-Accel-Expires', 1]]);
my @lasting = (headers => [['X-Accel-Expires', 3600]]);
my $locations = join '', map {
    my $cache = "internal; auth_jwt off; proxy_cache $_; proxy_cache_use_stale updating error timeout http_500; $caches{$_}
        proxy_cache_key \$uri; proxy_buffer_size 2k; proxy_buffers 4 2k; proxy_busy_buffers_size 4k;";
    "location /$_/ { auth_jwt_key_request /_$_/\$arg_set; alias %%TESTDIR%%/html/; }
     location /_$_/ { $cache proxy_pass http://127.0.0.1:$as_port/; }
     location /_$_/$_-hangs { $cache proxy_read_timeout 2s; proxy_pass http://127.0.0.1:$as_port/$_-hangs; }\n"
} sort keys %caches;
my $paths = join '', map { "proxy_cache_path %%TESTDIR%%/$_ keys_zone=$_:1m;\n" } sort keys %caches;
my $nginx = run_nginx(<<"CONF", {}, main => 'thread_pool default threads=2;');
    $paths
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        $locations
        location /scarce { auth_jwt_key_request /_scarce; %%OK%% }
        location = /_scarce {
            internal; auth_jwt off; proxy_cache background; proxy_cache_key \$uri; proxy_cache_use_stale updating;
            proxy_cache_background_update on; proxy_cache_lock on; proxy_cache_lock_timeout 10s; proxy_pass http://127.0.0.1:$as_port/scarce;
        }
    }
CONF
my ($token, $other) = (mint('p256'), mint('p256_other'));

sub status ($path, $with = $token) { return $nginx->get($path, token => $with)->status }
sub statuses ($path, $number) { return join ' ', map { $_->status } $nginx->get_at_once(map { [$path, token => $token] } 1 .. $number) }
sub asked ($path) { return scalar(() = $as->requests($path)) }
sub all_ok ($number) { return join ' ', (200) x $number }
sub each_cache ($code) { $code->($_) for my @names = sort keys %caches; return }

# --- what is fresh --------------------------------------------------------------------------------------------------------

my %later = (
    renewed => { body => jwks('p256_other', @large), @lasting },
    slow    => { body => jwks('p256', @large), delay => 0.3, @lasting },
    broken  => { status => 500 },
    hangs   => { hang => 1 },
);
each_cache(sub ($cache) {
    $as->answer("/$cache-$_", body => jwks('p256', @large), @brief) for sort keys %later;
    $as->answer("/$cache-fresh", body => jwks('p256', @large), @lasting);
});
$as->answer('/scarce', body => jwks('p256'), @brief);
is status('/scarce'), 200, 'with a lock: the first request asks';
each_cache(sub ($cache) {
    is status("/$cache/ok?set=$cache-$_"), 200, "$cache: the first request asks for $_" for 'fresh', sort keys %later;
    is statuses("/$cache/ok?set=$cache-fresh", 4), all_ok(4), "$cache: others do not";
    is asked("/$cache-fresh"), 1, "$cache: one question";
});

# --- what is stale, all of it from here on --------------------------------------------------------------------------------

sleep 3;    # nginx counts whole seconds
each_cache(sub ($cache) { $as->answer("/$cache-$_", %{ $later{$_} }) for sort keys %later });
each_cache(sub ($cache) {
    is status("/$cache/ok?set=$cache-renewed", $other), 200, "$cache: when the time is over, the next request sees new keys";
    is status("/$cache/ok?set=$cache-renewed"), 401, "$cache: and the old ones are over";
    is asked("/$cache-renewed"), 2, "$cache: with one more question";
    is statuses("/$cache/ok?set=$cache-$_", 6), all_ok(6), "$cache, the server is $_: 6 requests at once pass" for qw(slow broken hangs);
});
$as->stop;
each_cache(sub ($cache) {
    is statuses("/$cache/ok?set=$cache-broken", 6), all_ok(6), "$cache, the server is down: stale keys do";
});
$as->restart;

# Without a background update, nginx goes on to serve stale keys to all but the one that renews them.
$as->answer('/plain-broken', body => jwks('p256'), delay => 0.3, @lasting);
my $before = asked('/plain-broken');
is statuses('/plain/ok?set=plain-broken', 6), all_ok(6), 'plain: all pass';
is asked('/plain-broken'), $before + 1, 'plain: one question';

$as->answer('/scarce', body => jwks('p256'), delay => 0.3, @lasting);
my @clients = map { $nginx->begin('/scarce', token => $token) } 1 .. 4;
ok wait_for(5, sub { asked('/scarce') >= 2 }), 'keys are being renewed';
@clients = ();
is status('/scarce'), 200, 'the clients go away, and the next one gets its answer';

finish();
