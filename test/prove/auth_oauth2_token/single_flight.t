# Requests that come with one new token at the same time share one introspection.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", {}, connections => 4096);
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    proxy_read_timeout 5s;
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        listen 127.0.0.1:%%PORT_H2%% http2;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        location /cached   { auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /uncached { %%OK%% }
        location /early    { auth_oauth2_token_phase preaccess; %%OK%% }
        location /proxied  { proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200; }
CONF
my $active = '{"active":true}';

sub asked () { return scalar(() = $as->requests('/introspect')) }

sub statuses (@responses) {
    my %count;
    $count{ $_->status }++ for @responses;
    return join ' ', map { "$_:$count{$_}" } sort keys %count;
}

sub together ($number, $path, $token) { return statuses($nginx->get_at_once(map { [$path, token => $token] } 1 .. $number)) }

$as->answer('/introspect', body => $active, delay => 0.1);
is statuses($nginx->get_in_turn(map { ['/proxied', token => "in-turn-$_"] } 1 .. 4)), '200:4', 'each request of a kept connection waits for its answer';
is asked(), 4, 'its own';

$as->answer('/introspect', body => $active, delay => 2);
is together(1000, '/cached', 'token-of-a-thousand'), '200:1000', 'a thousand first requests pass';
is asked() - 4, 1, 'exactly one introspection reached the server';
is together(50, '/cached', 'token-of-a-thousand'), '200:50', 'later ones pass';
is asked() - 4, 1, 'from the cache';

$as->answer('/introspect', body => $active, delay => 0.5);
for my $path (qw(/uncached /early)) {
    my $before = asked();
    is together(50, $path, "token-for$path"), '200:50', "$path: without a cache";
    is asked() - $before, 1, "$path: one introspection, too";
}

my $before = asked();
my @mixed = map { ['/uncached', token => "token-number-" . $_ % 5] } 1 .. 50;
is statuses($nginx->get_at_once(@mixed)), '200:50', 'five tokens at once';
is asked() - $before, 5, 'five introspections';

$as->answer('/introspect', body => '{"active":false}', delay => 0.5);
$before = asked();
is together(50, '/cached', 'inactive-token'), '401:50', 'a no is for all';
is asked() - $before, 1, 'asked once';

$as->answer('/introspect', status => 429, headers => [['Retry-After', '9']], delay => 0.5);
my @refused = $nginx->get_at_once(map { ['/cached', token => 'token-at-a-busy-server'] } 1 .. 20);
is statuses(@refused), '503:20', 'and so is a fault of the server';
is scalar(grep { $_->header('Retry-After') == 9 } @refused), 20, 'with its Retry-After';

finish();
