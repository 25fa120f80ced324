# auth_jwt_key_cache before it has keys: whatever clients send, the key server is asked once for all who wait, and once in
# five seconds while it is down.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep time);

my $as   = run_origin();
my $port = $as->port;
my $nginx = run_nginx(<<"CONF", {}, connections => 1024);
    auth_jwt "site";
    map \$http_host \$by_host { default p256; b.example.com p256_other; }
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        auth_jwt_key_cache 1h;
        location /forged  { auth_jwt_key_request /_as/forged;  %%OK%% }
        location /slow    { auth_jwt_key_request /_as/slow;    %%OK%% }
        location /early   { auth_jwt_key_request /_as/early;   auth_jwt_phase preaccess; %%OK%% }
        location /leaving { auth_jwt_key_request /_as/leaving; %%OK%% }
        location /gone1   { auth_jwt_key_request /_as/gone1; %%OK%% }
        location /gone2   { auth_jwt_key_request /_as/gone2; %%OK%% }
        location /gone3   { auth_jwt_key_request /_as/gone3; %%OK%% }
        location /staying { auth_jwt_key_request /_stays/staying; %%OK%% }
        location /dead    { auth_jwt_key_request /_as/dead;    %%OK%% }
        location /broken  { auth_jwt_key_request /_as/broken;  %%OK%% }
        location /expired { auth_jwt_key_request /_as/expired; auth_jwt_key_cache 1s; %%OK%% }
        location /both    { auth_jwt_key_request /_as/slow_one; auth_jwt_key_request /_as/slow_two; %%OK%% }
        location /host    { auth_jwt_key_request /_host; %%OK%% }
        location /none    { auth_jwt_key_request /_as/none; auth_jwt_key_cache 0; %%OK%% }
        location /mirrored { auth_jwt off; mirror /_mirror; %%OK%% }
        location = /_mirror { internal; auth_jwt "site"; auth_jwt_phase preaccess; auth_jwt_key_request /_as/mirror; %%OK%% }
        location = /_host { internal; auth_jwt off; rewrite ^ /by_host/\$by_host break; proxy_pass http://127.0.0.1:$port; }
        location /_stays/ { internal; auth_jwt off; proxy_ignore_client_abort on; proxy_pass http://127.0.0.1:$port/; }
        location /_as/    { internal; auth_jwt off; proxy_read_timeout 2s; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my $good = mint('p256');
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub forged ($kid) { return mint('p256_other', claims(), header => { kid => $kid }) }

sub statuses (@responses) {
    my %count;
    $count{ $_->status }++ for @responses;
    return join ' ', map { "$_:$count{$_}" } sort keys %count;
}

# --- at the same time

$as->answer("/$_", body => jwks('p256'), delay => 0.6) for qw(forged slow early);
is statuses($nginx->get_at_once(map { ['/forged', token => forged("forged-$_")] } 1 .. 100)), '401:100', 'a hundred forged tokens are refused';
my $for_forged = hits('/forged');
cmp_ok $for_forged, '<=', 2, 'and make two requests for keys at most: a second one for those that came while the first was under way';
is $nginx->get('/forged', token => $good)->status, 200, 'a good one passes with these keys';
is hits('/forged'), $for_forged, 'without another request';

for my $path (qw(/slow /early)) {
    my @mixed = map { [$path, token => $_ % 2 ? $good : forged('p256')] } 1 .. 50;
    is statuses($nginx->get_at_once(@mixed)), '200:25 401:25', "$path: each token is judged by the keys that all waited for";
    cmp_ok hits($path), '<=', 2, "$path: asked for once, and once more for the forged ones that came meanwhile";
}

$as->answer('/slow_one', body => jwks('p256'),       delay => 0.3);
$as->answer('/slow_two', body => jwks('p256_other'), delay => 0.3);
my @either = map { ['/both', token => mint($_ % 2 ? 'p256' : 'p256_other')] } 1 .. 20;
is statuses($nginx->get_at_once(@either)), '200:20', 'one key request after the other';
is hits("/slow_$_"), 1, "each is asked for once" for qw(one two);

$as->answer('/none', body => jwks('p256'), delay => 0.3);
is statuses($nginx->get_at_once(map { ['/none', token => $good] } 1 .. 8)), '200:8', 'without a cache';
is hits('/none'), 8, 'each request asks for its own keys';

# --- clients that go away

$as->answer('/leaving', body => jwks('p256'), delay => 0.8);
my $first = $nginx->begin('/leaving', token => $good);
ok wait_for(5, sub { hits('/leaving') == 1 }), 'one client makes nginx ask';
my @others = map { $nginx->begin('/leaving', token => $good) } 1 .. 4;
sleep 0.2;
is hits('/leaving'), 1, 'others wait for its answer';
undef $others[0];
undef $first;
my @left = map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0] } grep { $_ } @others;
is statuses(@left), '200:3', 'when it goes away they get theirs';
is hits('/leaving'), 1, 'which it has asked for';

# Whoever asks and leaves would otherwise make nginx ask again and again.
my %leave = (
    'closes the connection'            => sub ($path) { my $gone = $nginx->begin($path, token => $good); sleep 0.05; return },
    'has said that it sends no more'   => sub ($path) { my $gone = $nginx->begin($path, token => $good); shutdown $gone, 1; sleep 0.05; return },
    'resets its stream in HTTP/2'      => sub ($path) { $nginx->get_http2($path, token => $good, port => 'PORT_H2', max_time => 0.05); return },
);
my @gone = qw(/gone1 /gone2 /gone3);
for my $way (sort keys %leave) {
    my $path = shift @gone;
    $as->answer($path, body => jwks('p256'), delay => 0.8);
    $leave{$way}->($path) for 1 .. 8;
    ok wait_for(5, sub { hits($path) }), "a client $way";
    my @get = $way =~ /HTTP/ ? ('get_http2', port => 'PORT_H2') : ('get');    # each by its own name: there the keys are
    my $get = shift @get;
    is $nginx->$get($path, token => $good, @get)->status, 200, '... and others get the keys';
    is hits($path), 1, '... that it has asked for: eight of its kind make one request for keys';
}

$as->answer('/staying', body => jwks('p256'), delay => 0.5);
for (1 .. 5) {
    my $leaving = $nginx->begin('/staying', token => $good);
    ok wait_for(5, sub { hits('/staying') == 1 }), 'a client that goes away';
    sleep 0.05;
}
is $nginx->get('/staying', token => $good)->status, 200, 'with proxy_ignore_client_abort';
is hits('/staying'), 1, 'the same';

# --- one for each Host, which the key request passes on

$as->answer("/by_host/$_", body => jwks($_)) for qw(p256 p256_other);
my %at = map { $_ => "GET /host HTTP/1.1\r\nHost: $_.example.com\r\nConnection: close\r\nAuthorization: Bearer $good\r\n\r\n" } qw(a b);
$nginx->keep_out_of_log($good);
is $nginx->get('/host', raw => $at{a})->status, 200, 'keys of one host';
is $nginx->get('/host', raw => $at{b})->status, 401, 'are none of another';
is $nginx->get('/host', raw => $at{a})->status, 200, 'and the other way round';

# --- a background subrequest can wait, and cannot ask

$as->answer('/mirror', body => jwks('p256'));
is $nginx->get('/mirrored', token => $good)->status, 200, 'a mirror that would have to ask does not hold up its request';
is hits('/mirror'), 0, 'and asks nobody';

# --- a key server that is down

sub all_unavailable ($name, @responses) {
    is statuses(@responses), '503:' . @responses, "$name: 503";
    is scalar(grep { ($_->header('Retry-After') // '') =~ /\A[1-9]\d*\z/ } @responses), scalar @responses, "$name: with Retry-After";
    return;
}
$as->answer('/dead',   status => 500, delay => 0.3);
$as->answer('/broken', body => '{"keys":', delay => 0.3);
for my $path (qw(/dead /broken)) {
    all_unavailable("$path, at once", $nginx->get_at_once(map { [$path, token => forged("dead-$_")] } 1 .. 50));
    is hits($path), 1, "$path: asked once";
    my $start = time;
    all_unavailable("$path, in turn", map { $nginx->get($path, token => $_ % 2 ? $good : forged("dead-$_")) } 1 .. 100);
    my $most = 1 + int((time - $start) / 5);
    cmp_ok hits($path), '<=', $most, "$path: not again for five seconds";
}
$as->answer('/dead', body => jwks('p256'));
my $failed = time;
ok wait_for(20, sub { $nginx->get('/dead', token => $good)->status == 200 }), 'it gets well by itself';
cmp_ok time - $failed, '<', 8 * $TestNginx::patience, 'in five seconds';

# Keys whose time is over, at a server that is down.
$as->answer('/expired', body => jwks('p256'));
is $nginx->get('/expired', token => $good)->status, 200, 'before their time is over';
$as->answer('/expired', status => 500);
ok wait_for(20, sub { $nginx->get('/expired', token => $good)->status == 503 }), 'some seconds after it they are not used any more';
my $before = hits('/expired');
my $start  = time;
all_unavailable('expired keys', map { $nginx->get('/expired', token => $good) } 1 .. 50);
cmp_ok hits('/expired') - $before, '<=', 1 + int((time - $start) / 5), 'and the server is asked once in five seconds';

finish();
