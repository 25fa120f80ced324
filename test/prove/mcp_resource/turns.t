# Tokens may make nginx ask for newer keys once in five seconds, and those who come in between wait for that. Strangers send
# as many as they like: so they have few places, and everybody else has the others.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;
use TestNginx::Mcp;

use Time::HiRes qw(time);

my $as   = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource }), delay => 1);
my $nginx = run_nginx(<<"CONF", { secret => "client-secret\n" });
    mcp_zone mcp 1m;
    mcp_authorization_server $base;
    mcp_authorization_server_limits waiting=32;    # eight of them, two for one client, until nginx may ask
    server {
        listen 127.0.0.1:%%PORT%%;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Client;
        location = /status { stub_status; }
        location /keys   { mcp_resource https://mcp.example.com/keys;   mcp_audience $resource; mcp_jwks $base/jwks; %%OK%% }
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_audience $resource; mcp_introspection $base/introspect client_id=gateway client_secret_file=secret; %%OK%% }
    }
CONF
sub hits () { return scalar(() = $as->requests('/jwks')) }
sub token ($key, %more) { return (token => mint($key, claims(iss => $base, aud => $resource), %more)) }
my $count = 0;
sub forged () { return token('p256_other', header => { kid => 'unknown-' . ++$count }) }
sub begin ($client) { return $nginx->begin('/keys', forged(), from("192.0.2.$client")) }
sub get ($client, %request) { return $nginx->get('/keys', %request, from("192.0.2.$client")) }

is get(1, token('p256'))->status, 200, 'keys are fetched';
is get(1, forged())->status, 401, 'a forged token makes nginx ask again';
my ($hits, $begun) = (hits(), time);
my @waiting = map { my $client = $_; map { begin($client) } 1 .. 2 } 1 .. 4;
in_hand($nginx, 8);
my $refused = get(1, forged());
is $refused->status, 503, 'one client has a quarter of the places for those who wait until nginx may ask';
like $refused->header('Retry-After'), qr/\A[1-9]\d*\z/, '... and is told when to come again';
is get(9, forged())->status, 503, 'and all together have a quarter of those for who waits';
is get(1, token('p256'))->status, 200, 'who brings a good token waits for nobody';
is $nginx->get('/opaque', token => 'an-opaque-token', from('192.0.2.1'))->status, 200, 'and the other places are for others';
SKIP: {
    skip 'this machine is too slow', 1 if time - $begun > 4;
    is hits(), $hits, 'nobody is asked before the five seconds are over';
}
is statuses(@waiting), join(' ', (401) x 8), 'those who waited are judged by newer keys';
is hits(), $hits + 1, 'which they have asked for once';

# A rotation in the middle of it.
my @strangers = map { my $client = $_; map { begin($client) } 1 .. 2 } 1 .. 4;
in_hand($nginx, 8);
$as->answer('/jwks', body => jwks('rsa'));
my $new = get(9, token('rsa'));
is $new->status, 503, 'the first token of a new key that finds no place is not called bad';
statuses(@strangers);
is get(9, token('rsa'))->status, 200, 'and is good when it comes again: strangers cannot keep nginx from asking';

finish();
