# A key that is put in place at any moment is found when a token names it: only what tokens make nginx ask is limited. And
# a new configuration believes nothing that the old one was told by somebody else, or as somebody else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use Time::HiRes qw(sleep);

my $as     = run_origin();
my $port   = $as->port;
my $issuer = "http://127.0.0.1:$port/as";
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource }));
my $asks  = "mcp_introspection http://127.0.0.1:$port/introspect client_id=gateway max_ttl=1h";
my $nginx = run_nginx(<<"CONF", { secret => "first-secret\n", other => "other-secret\n" });
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /keys  { mcp_resource https://mcp.example.com/keys;  mcp_resource_alias $resource; mcp_jwks http://127.0.0.1:$port/jwks; %%OK%% }
        location /one   { mcp_resource https://mcp.example.com/one;   mcp_resource_alias $resource; $asks client_secret_file=secret; %%OK%% }
        location /two   { mcp_resource https://mcp.example.com/two;   mcp_resource_alias $resource; $asks client_secret_file=secret; %%OK%% }
        location /other { mcp_resource https://mcp.example.com/other; mcp_resource_alias $resource; $asks client_secret_file=other;  %%OK%% }
    }
CONF
$nginx->keep_out_of_log('first-secret', 'other-secret', 'third-secret');
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub with_key ($key, %more) { return $nginx->get('/keys', token => mint($key, claims(iss => $issuer, aud => $resource), %more))->status }

# --- rotation

is with_key('p256'), 200, 'keys are fetched';
sleep 1;
$as->answer('/jwks', body => jwks('rsa'));
is with_key('rsa'), 200, 'a key that came a second later is accepted at once';
is hits('/jwks'), 2, 'by one more fetch';
is with_key('p256_other', header => { kid => "unknown-$_" }), 401, 'forged tokens' for 1 .. 10;
cmp_ok hits('/jwks'), '<=', 3, 'do not make nginx fetch before five seconds are over';

# --- several workers, which share what one of them fetched

$as->answer('/many', body => jwks('p256'));
my $many = run_nginx(<<"CONF", {}, workers => 4);
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /many { mcp_resource $resource; mcp_jwks http://127.0.0.1:$port/many; %%OK%% }
    }
CONF
sub at_once ($key, @kids) {
    my @requests = map { ['/many', token => mint($key, claims(iss => $issuer, aud => $resource), @$_)] } @kids;
    my %count; $count{ $_->status }++ for $many->get_at_once(@requests);
    return join ' ', map { "$_:$count{$_}" } sort keys %count;
}
is at_once('p256', ([]) x 40), '200:40', 'keys are fetched';
is hits('/many'), 1, 'by one of the workers';
$as->answer('/many', body => jwks('rsa'), delay => 0.5);
is at_once('rsa', ([]) x 40), '200:40', 'a new key is accepted at once by all workers';
is hits('/many'), 2, 'of which one fetched it';
at_once('p256_other', map { [header => { kid => "many-$_" }] } 1 .. 40);
cmp_ok hits('/many'), '<=', 3, 'the limit is one for all';

# --- answers about tokens

sub questions ($path, $token) {
    my $before = hits('/introspect');
    return $nginx->get($path, token => $token)->status . ' ' . (hits('/introspect') - $before);
}
is questions('/one', 'opaque-token'),   '200 1', 'a token is asked about';
is questions('/two', 'opaque-token'),   '200 0', 'once for all locations that ask as the same client';
is questions('/other', 'opaque-token'), '200 1', 'but not for one that has another secret: it may be none';
$nginx->reload;
is questions('/one', 'opaque-token'), '200 0', 'answers outlive a reload';
$nginx->write_file('secret', "third-secret\n");
$nginx->reload;
is questions('/one', 'opaque-token'), '200 1', 'but not one with another secret';

finish();
