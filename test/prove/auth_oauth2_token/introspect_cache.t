# auth_oauth2_token_introspect_cache: how long an answer counts, and for whom.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep);

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_introspect on;
    auth_oauth2_token_introspect_endpoint /_introspect;
    add_header X-Sub \$oauth2_token_sub;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /none     { %%OK%% }
        location /off      { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=0; %%OK%% }
        location /long     { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h; %%OK%% }
        location /default  { auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /short    { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1s; %%OK%% }
        location /negative { auth_oauth2_token_introspect_cache zone=main:1m negative_ttl=1h; %%OK%% }
        location /other    { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h; auth_oauth2_token_introspect_endpoint /_other; %%OK%% }
        location /strict   { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h; auth_oauth2_token_require \$http_x_pass error=403; %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
        location = /_other      { internal; proxy_pass http://127.0.0.1:$as_port/other; }
    }
    server {
        listen 127.0.0.1:%%PORT_TENANT%%;
        location /long { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h; %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/other; }
    }
CONF
my $number = 0;

sub token () { return 'cached-token-' . ++$number }
sub asked ($path = '/introspect') { return scalar(() = $as->requests($path)) }

# How often the server is asked about one token that comes three times.
sub questions ($path, $token = token()) {
    my $before = asked();
    my @statuses = map { $nginx->get($path, token => $token)->status } 1 .. 3;
    return asked() - $before . " @statuses";
}

sub answer (%claims) { return $as->answer('/introspect', body => to_json({ active => \1, sub => 'alice', %claims })) }

answer();
is questions('/none'),    '3 200 200 200', 'without a cache the server is asked every time';
is questions('/off'),     '3 200 200 200', 'max_ttl=0: the same';
is questions('/long'),    '1 200 200 200', 'with a cache it is asked once';
is questions('/default'), '1 200 200 200', 'max_ttl has a default';
answer(exp => time + 1000);
is questions('/long'), '1 200 200 200', 'also when the token says how long it lives';
is $nginx->get('/long', token => "cached-token-$number")->header('X-Sub'), 'alice', 'a cached answer has its claims';

# SPEC 86: never past exp.
my $token = token();
answer(exp => time + 2);
is $nginx->get('/long', token => $token)->status, 200, 'before exp';
ok wait_for(20, sub { $nginx->get('/long', token => $token)->status == 401 }), 'after exp it is refused, whatever max_ttl says';
answer();
is $nginx->get('/long', token => $token)->status, 200, 'and it is the server that is asked then';

answer(exp => 1);
is questions('/long'), '3 401 401 401', 'an expired token is not kept';

# Revocation takes effect within max_ttl.
answer();
$token = token();
is $nginx->get('/short', token => $token)->status, 200, 'before the revocation';
is $nginx->get('/long', token => $token)->status, 200, 'before the revocation, where more is allowed';
$as->answer('/introspect', body => '{"active":false}');
sleep 1.1;
is $nginx->get('/short', token => $token)->status, 401, 'after max_ttl a revoked token is refused';
is $nginx->get('/long', token => $token)->status, 200, 'where more is allowed, it still counts';

is questions('/long'),     '3 401 401 401', 'active: false is not kept';
is questions('/negative'), '1 401 401 401', 'except with negative_ttl';

# SPEC 87: no fault of the server is kept.
$as->answer('/introspect', status => 500);
$token = token();
is questions('/negative', $token), '3 503 503 503', 'a fault of the server is not kept';
answer();
is $nginx->get('/negative', token => $token)->status, 200, 'so that it gets well at once';

# An answer belongs to the endpoint, and to the server block in which that stands.
$as->answer('/other', body => '{"active":false}');
$token = token();
is $nginx->get('/long', token => $token)->status, 200, 'one endpoint says yes';
is $nginx->get('/other', token => $token)->status, 401, 'that is no answer of another endpoint';
is $nginx->get('/long', token => $token, port => 'PORT_TENANT')->status, 401, 'nor of the same URI in another server';
is $nginx->get('/long', token => $token)->status, 200, 'and the other way round';

# Policy runs on every hit.
is $nginx->get('/strict', token => $token)->status, 403, 'a cached token is still judged by the rules';
is $nginx->get('/strict', token => $token, headers => ['X-Pass: 1'])->status, 200, 'each time anew';
is $nginx->get('/strict', token => $token)->status, 403, 'in both directions';

finish();
