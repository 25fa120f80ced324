# Clients that leave while their token is asked about: nothing hangs, nothing is left behind, and the others get their answer.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep time);

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_introspect_endpoint /_as/introspect;
    auth_oauth2_token_token_endpoint /_as/token;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        proxy_read_timeout 20s;
        location /cached   { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /uncached { auth_oauth2_token_introspect on; %%OK%% }
        location /early    { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; %%OK%% }
        location /exchange { auth_oauth2_token_exchange on; %%OK%% }
        location /plain    { %%OK%% }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
my $worker = $nginx->worker_pid;
my %good = (
    '/introspect' => { body => '{"active":true}' },
    '/token'      => { body => '{"access_token":"new","token_type":"Bearer"}' },
);

sub asked () { return scalar(() = $as->requests) }

sub leave_http2 ($path, $token) { return $nginx->get_http2($path, token => $token, port => 'PORT_H2', max_time => 0.3) }

for my $path (qw(/cached /uncached /early /exchange)) {
    my $endpoint = $path eq '/exchange' ? '/token' : '/introspect';
    my $token    = "token-for-$path" =~ tr{/}{}dr;

    $as->answer($endpoint, hang => 1);
    $nginx->begin($path, token => $token) for 1 .. 3;    # gone at once
    leave_http2($path, $token) for 1 .. 2;
    sleep 0.2;

    # The first asks, the others wait for its answer. The first leaves: the next one asks.
    my $before = asked();
    my $first  = $nginx->begin($path, token => $token);
    ok wait_for(5, sub { asked() == $before + 1 }), "$path: the first client's request asks";
    my @others = map { $nginx->begin($path, token => $token) } 1 .. 4;
    sleep 0.2;
    is asked(), $before + 1, "$path: the others wait for its answer";
    undef $others[1];    # one that waits leaves
    $as->answer($endpoint, %{ $good{$endpoint} }, delay => 0.3);
    undef $first;
    my @statuses = map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status } grep { $_ } @others;
    is "@statuses", '200 200 200', "$path: when it leaves, the others still get their answer";
    is asked(), $before + 2, "$path: which one of them asked for";

    # All leave, one by one.
    $as->answer($endpoint, hang => 1);
    my @all = map { $nginx->begin($path, token => "$token-2") } 1 .. 4;
    for (1 .. 4) { sleep 0.05; shift @all }

    # The one that takes over leaves, too, before it has asked.
    @all = map { $nginx->begin($path, token => "$token-3") } 1 .. 6;
    sleep 0.2;
    splice @all, 0, 5;
    $as->answer($endpoint, %{ $good{$endpoint} });
    pop @all;
    is $nginx->get($path, token => "$token-3")->status, 200, "$path: afterwards the same token passes";
    is $nginx->get_http2($path, token => "$token-3", port => 'PORT_H2')->status, 200, "$path: by HTTP/2, too";
}

# Leaders and followers on one HTTP/2 connection, and on several.
$as->answer('/introspect', %{ $good{'/introspect'} }, delay => 1);
my $stream = 'http://127.0.0.1:' . $nginx->port('PORT_H2') . q{/uncached --silent --output /dev/null --http2-prior-knowledge --max-time 60}
    . q{ --write-out '%{http_code} ' --header 'Authorization: Bearer token-of-many-streams'};
my $codes = 'curl --no-progress-meter --parallel --parallel-immediate ' . join ' --next ', ($stream) x 10;
$codes = `$codes`;
is $codes, '200 ' x 10, 'ten streams pass';

is $nginx->get('/plain')->status, 200, 'the worker serves others';
is $nginx->worker_pid, $worker, 'it is the same as before';

finish();
