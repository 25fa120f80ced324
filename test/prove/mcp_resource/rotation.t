# A key that is put in place at any moment is found when a token names it: only what tokens make nginx ask is limited. And
# a new configuration believes nothing that the old one was told by somebody else, or as somebody else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;
use TestNginx::Mcp;

use Time::HiRes qw(sleep time);

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
        location = /status { stub_status; }
        location /keys  { mcp_resource https://mcp.example.com/keys;  mcp_audience $resource; mcp_jwks http://127.0.0.1:$port/jwks; %%OK%% }
        location /one   { mcp_resource https://mcp.example.com/one;   mcp_audience $resource; $asks client_secret_file=secret; %%OK%% }
        location /two   { mcp_resource https://mcp.example.com/two;   mcp_audience $resource; $asks client_secret_file=secret; %%OK%% }
        location /other { mcp_resource https://mcp.example.com/other; mcp_audience $resource; $asks client_secret_file=other;  %%OK%% }
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

# A key that takes another's name, or that has none like the one before it.
$as->answer('/jwks', body => jwks(jwk('p256', kid => 'same')));
$nginx->reload;
ok wait_for(10, sub { with_key('p256', header => { kid => 'same' }) == 200 }), 'a reload asks again, and finds other keys';
$as->answer('/jwks', body => jwks(jwk('rsa', kid => 'same')));
is with_key('rsa', header => { kid => 'same' }), 200, 'a key that took the name of one of another type is found when a token is signed with it';
$as->answer('/jwks', body => jwks(jwk('p256_other', kid => 'same')));
is with_key('p256_other', header => { kid => 'same' }), 200, '... again within five seconds: its first token waits';
$as->answer('/jwks', body => jwks(jwk('p256', kid => 'same')));
is with_key('p256', header => { kid => 'same' }), 200, 'a key that took the name of one of its type is found when a signature fails';
$as->answer('/jwks', body => jwks(jwk('p256', kid => undef)));
is with_key('p256', header => { kid => undef }), 200, 'a key without a name';
$as->answer('/jwks', body => jwks(jwk('p256_other', kid => undef)));
is with_key('p256_other', header => { kid => undef }), 200, '... and another one without';

# Strangers who have us ask, so that it is too early for others.
sub forged ($id) { return ['/keys', token => mint('p256', claims(iss => $issuer, aud => $resource, id => $id), header => { kid => "unknown-$id" })] }
sub tally (@responses) { my %count; $count{ $_->status }++ for @responses; return join ' ', map { "$_:$count{$_}" } sort keys %count }
my ($before, $begun) = (hits('/jwks'), time);
is tally($nginx->get_at_once(map { forged($_) } 1 .. 40)), '401:40', 'forged tokens are refused, by keys that were asked for when they were there';
cmp_ok hits('/jwks') - $before, '<=', 1 + (time - $begun) / 5 + 1, 'and make nginx fetch once in five seconds';
for my $round (1 .. 2) {
    my @old = $round == 1 ? ('p256_other', undef) : ('rsa', 'next-1');
    my @new = $round == 1 ? ('rsa', 'next-1') : ('p256', 'next-2');
    my @strangers = map { $nginx->begin(@{ forged("$round-$_") }) } 1 .. 20;
    in_hand($nginx, 20);
    $as->answer('/jwks', body => jwks(jwk($new[0], kid => $new[1])));
    my @good = map { ['/keys', token => mint($new[0], claims(iss => $issuer, aud => $resource, sub => "good$_"), header => { kid => $new[1] })] } 1 .. 20;
    is tally($nginx->get_at_once(@good)), '200:20', 'good tokens of a key that came while strangers keep us from asking wait for it, and none is called bad';
    undef @strangers;
}

# Who comes again with what was judged is judged at once.
my $stale = forged('stale');
is tally($nginx->get_at_once($stale)), '401:1', 'a token that no key verifies is refused';
($before, $begun) = (hits('/jwks'), time);
is tally(map { $nginx->get(@$stale) } 1 .. 20), '401:20', 'and again, twenty times';
cmp_ok time - $begun, '<', 3, '... without a wait';
cmp_ok hits('/jwks') - $before, '<=', 1, '... and hardly a question';

# All keys are withdrawn.
$as->answer('/jwks', body => '{"keys":[]}');
is tally($nginx->get_at_once(forged('last'))), '401:1', 'a forged token makes nginx ask';
is with_key('p256', header => { kid => 'next-2' }), 401, 'an issuer that withdraws all keys has no good tokens';
like $nginx->log, qr/withdrawn all/, 'and the log says so';

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
cmp_ok hits('/many'), '<=', 5, 'the limit is one for all';
$as->answer('/many', body => jwks(jwk('p256', kid => 'next')), delay => 0.5);
my $rotated = time;
is at_once('p256', map { [header => { kid => 'next' }] } 1 .. 40), '200:40', 'those who wait for their turn in all workers are served';
cmp_ok time - $rotated, '<', 8, '... by what the first of them fetches: nobody waits for a second turn';

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
