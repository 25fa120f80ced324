# auth_oauth2_token_timeout: however an authorization server holds up its answer, and wherever nginx waits for it, a question
# is over after this time: 503 with Retry-After for all who wait.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use IO::Socket::INET;
use Time::HiRes qw(sleep time);

my $as   = run_origin();
my $mute = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 128) // die "listen: $!";    # accepts, and says nothing
my $full = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) // die "listen: $!";
my $dns  = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp') // die "udp: $!";       # never answers
my @filling = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $full->sockport, Blocking => 0) } 1 .. 4;
my ($as_port, $mute_port, $full_port, $dns_port) = ($as->port, map { $_->sockport } $mute, $full, $dns);

my $head = length "HTTP/1.1 200 Whatever\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n";
my $yes  = '{"active":true,"x":"' . 'x' x 78 . '"}';
my $long = '{"active":true,"x":"' . 'x' x 20_000 . '"}';
$as->answer('/header',  body => $yes, drip => 0.2);
$as->answer('/body',    body => $yes, drip => 0.2, drip_from => $head);
$as->answer('/end',     body => $yes, drip => 0.7, drip_from => $head + 95);
$as->answer('/chunked', body => $yes, drip => 0.2, drip_from => $head + 20, chunked => 10);
$as->answer('/long',    body => $long, drip => 0.2, drip_from => $head + 19_000);
$as->answer('/hangs',   hang => 1);
$as->answer('/large',   body => $long);
$as->answer('/good',    body => $yes);
$as->answer('/slow',    body => $yes, delay => 0.6);

# Nothing of nginx' own ends it so soon.
my %homes = (
    header     => "proxy_pass http://127.0.0.1:$as_port/header",
    body       => "proxy_pass http://127.0.0.1:$as_port/body",
    end        => "proxy_pass http://127.0.0.1:$as_port/end",
    chunked    => "proxy_http_version 1.1; proxy_pass http://127.0.0.1:$as_port/chunked",
    unbuffered => "proxy_buffering off; proxy_pass http://127.0.0.1:$as_port/body",
    unbuffered_chunked => "proxy_buffering off; proxy_http_version 1.1; proxy_pass http://127.0.0.1:$as_port/chunked",
    hangs      => "proxy_pass http://127.0.0.1:$as_port/hangs",
    next       => 'proxy_next_upstream error timeout non_idempotent; proxy_pass http://several/hangs',
    limited    => "proxy_limit_rate 4k; proxy_pass http://127.0.0.1:$as_port/large",
    threads    => "aio threads; aio_write on; proxy_max_temp_file_size 1m; proxy_buffer_size 2k; proxy_buffers 2 2k; proxy_busy_buffers_size 2k; proxy_pass http://127.0.0.1:$as_port/long",
    kept       => 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://kept/body',
    connect    => "proxy_pass http://127.0.0.1:$full_port",
    tls        => "proxy_pass https://127.0.0.1:$mute_port",
    name       => 'set $as as.example.com; proxy_pass http://$as/introspect',
    fastcgi    => "fastcgi_pass 127.0.0.1:$mute_port",
    cached     => "proxy_cache answers; proxy_cache_methods POST; proxy_cache_key cached; proxy_cache_valid 1m; proxy_pass http://127.0.0.1:$as_port/body",
);
my $locations = join '', map {
    "location = /$_ { auth_oauth2_token_introspect_endpoint /_$_; %%OK%% }
     location = /exchange/$_ { auth_oauth2_token_introspect off; auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_$_; %%OK%% }
     location = /_$_ { internal; auth_oauth2_token_introspect off; $homes{$_}; }\n"
} sort keys %homes;
my $nginx = run_nginx(<<"CONF", {}, main => 'thread_pool default threads=2;', connections => 1024);
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    auth_oauth2_token_request_limits per_client=256 per_server=256 total=512;
    proxy_cache_path %%TESTDIR%%/answers keys_zone=answers:1m;
    upstream several { server 127.0.0.1:$as_port; server 127.0.0.1:$mute_port; server 127.0.0.1:$mute_port; }
    upstream kept { server 127.0.0.1:$as_port; keepalive 4; }
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        resolver 127.0.0.1:$dns_port ipv6=off;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_timeout 1s;
        $locations
        location = /good  { auth_oauth2_token_introspect_endpoint /_as/good; %%OK%% }
        location = /slow  { auth_oauth2_token_introspect_endpoint /_as/slow; %%OK%% }
        location = /other { auth_oauth2_token_introspect_endpoint /_locked; auth_oauth2_token_timeout 2s; %%OK%% }
        location = /shorter { auth_oauth2_token_introspect_endpoint /_as/late; %%OK%% }
        location = /longer  { auth_oauth2_token_introspect_endpoint /_as/late; auth_oauth2_token_timeout 3s; %%OK%% }
        location = /heir  { auth_oauth2_token_introspect_endpoint /_as/hangs; auth_oauth2_token_timeout 2s; %%OK%% }
        location = /lock  { auth_oauth2_token_introspect_endpoint /_locked; %%OK%% }
        location = /_locked { internal; proxy_cache answers; proxy_cache_methods POST; proxy_cache_key locked; proxy_cache_lock on; proxy_cache_lock_timeout 20s; proxy_pass http://127.0.0.1:$as_port/hangs; }
        location /_as/    { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
$nginx->keep_out_of_log('secret-of-the-gateway');

# --- wherever nginx waits -------------------------------------------------------------------------------------------------

my $number = 0;
my @paths = map { ("/$_", "/exchange/$_") } sort keys %homes;
my $mark  = $nginx->log_mark;
my $began = time;
my @responses = $nginx->get_at_once(map { [$_, token => "token-$_"] } @paths);
my $took = time - $began;
for my $index (0 .. $#paths) {
    is $responses[$index]->status, 503, "$paths[$index]: 503";
    like $responses[$index]->header('Retry-After'), qr/\A\d+\z/, "$paths[$index]: come back later";
}
cmp_ok $took, '>', 0.9, 'not before the time is over';
cmp_ok $took, '<', 4 * $TestNginx::patience, 'soon after it is over';
my @lines = grep { /\[error\]/ } $nginx->log_lines($mark);
is scalar(@lines), scalar(@paths), 'a line for each' or diag explain \@lines;
is scalar(grep { /server_unreachable.*: it took longer than 1 s/ } @lines), scalar(@paths), 'that says why' or diag explain \@lines;
is $nginx->get('/good', token => 'a-token')->status, 200, 'what comes in time passes';
is $nginx->get('/slow', token => 'a-token')->status, 200, 'a slow answer that comes in time, too';

# --- whoever waits --------------------------------------------------------------------------------------------------------

$began = time;
is join(' ', map { $_->status } $nginx->get_at_once(map { ['/body', token => 'shared'] } 1 .. 6)), join(' ', (503) x 6), 'all who share a question get 503';
cmp_ok time - $began, '<', 3 * $TestNginx::patience, 'in time';
is scalar(() = grep { $_->{body} =~ /token=shared&/ } $as->requests('/body')), 1, 'it was one question';

my $leader = $nginx->begin('/body', token => 'orphaned');
wait_for(5, sub { grep { $_->{body} =~ /token=orphaned&/ } $as->requests('/body') });
my $follower = $nginx->begin('/body', token => 'orphaned');
$began = time;
sleep 0.5;
undef $leader;
is +(TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($follower, 20)))[0]->status, 503, 'the leader goes away: who waits behind it gets 503';
cmp_ok time - $began, '<', 4 * $TestNginx::patience, 'at last after the time of its own question';

# Each request has its own time, whoever asks.
$as->answer('/late', body => $yes, delay => 1.5);
my @both = $nginx->get_at_once(['/shorter', token => 'two-times'], ['/longer', token => 'two-times']);
is $both[0]->status, 503, 'an answer that is too late for one location';
is $both[1]->status, 200, 'comes in time for another, where a request with the same token waits longer';

$leader = $nginx->begin('/heir', token => 'inherited');
wait_for(5, sub { grep { $_->{body} =~ /token=inherited&/ } $as->requests('/hangs') });
$follower = $nginx->begin('/heir', token => 'inherited');
$began = time;
sleep 1.5;
undef $leader;
is +(TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($follower, 20)))[0]->status, 503, 'who asks again for a leader that has gone';
is scalar(() = grep { $_->{body} =~ /token=inherited&/ } $as->requests('/hangs')), 2, '... asks again';
cmp_ok time - $began, '<', 1.5 + 1.9 * $TestNginx::patience, '... and has the rest of his own time, and no new one';

my @holders = map { $nginx->begin($_, token => "lock-$_") } qw(/other /lock);
$began = time;
is $nginx->get('/lock', token => 'a-third-one')->status, 503, 'who waits for the lock of the cache gets 503';
cmp_ok time - $began, '<', 5 * $TestNginx::patience, 'when the lock is free';
is +(TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status, 503, 'so does who has it' for @holders;

is $nginx->get_http2("/$_", port => 'PORT_H2', token => "http2-$_")->status, 503, "HTTP/2, $_: 503" for qw(body name);

# --- the client goes away at any time -------------------------------------------------------------------------------------

for my $pause (0, 0.5, 0.95, 1.05) {
    my @clients = map { $nginx->begin("/$_", token => "gone-$_-$pause") } sort keys %homes;
    sleep $pause;
}
is $nginx->get('/good', token => 'the-last-one')->status, 200, 'clients go away, and nginx goes on';
sleep 1.2;
is $nginx->get('/good', token => 'the-last-one')->status, 200, 'also when the time of what they asked is over';

finish();
