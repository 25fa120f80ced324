# A key that is put in place at any moment is found when a token names it: only what tokens make us ask is limited.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;

use Time::HiRes qw(sleep time);

my $as   = run_origin();
my $port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt_key_cache 1h;
        location = /status { auth_jwt off; stub_status; }
        location /rotated { auth_jwt_key_request /_as/rotated; %%OK%% }
        location /named   { auth_jwt_key_request /_as/named;   %%OK%% }
        location /early   { auth_jwt_key_request /_as/early;   %%OK%% }
        location /many    { auth_jwt_key_request /_as/many;    %%OK%% }
        location /failing { auth_jwt_key_request /_as/failing; %%OK%% }
        location /_as/    { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub status ($path, $key) { return $nginx->get($path, token => mint($key, claims(sub => $path)))->status }
sub forged ($kid) { return mint('p256_other', claims(), header => { kid => $kid }) }

$as->answer($_, body => jwks('p256')) for qw(/rotated /many /failing);
is status('/rotated', 'p256'), 200, 'keys are fetched';
sleep 1;
$as->answer('/rotated', body => jwks('rsa'));
is status('/rotated', 'rsa'), 200, 'a key that came a second later is accepted at once';
is hits('/rotated'), 2, 'by one more request for keys';
is status('/rotated', 'p256'), 401, 'the old one is gone: its token is refused by keys that were asked for after it came';
cmp_ok hits('/rotated'), '<=', 3, 'asked for once in five seconds';

# A key that takes another's name, or that has none like the one before it.
sub named ($key, $kid) { return $nginx->get('/named', token => mint($key, claims(), header => { kid => $kid }))->status }
$as->answer('/named', body => jwks(jwk('p256', kid => 'same')));
is named('p256', 'same'), 200, 'before';
$as->answer('/named', body => jwks(jwk('p256_other', kid => 'same')));
is named('p256_other', 'same'), 200, 'a key that took the name of another is found when a signature fails';
$as->answer('/named', body => jwks(jwk('rsa', kid => 'same')));
is named('rsa', 'same'), 200, '... again within five seconds: its first token waits';
$as->answer('/named', body => jwks(jwk('p256', kid => undef)));
is named('p256', undef), 200, 'a key without a name';
$as->answer('/named', body => jwks(jwk('p256_other', kid => undef)));
is named('p256_other', undef), 200, '... and another one without';

# Strangers who make us ask, so that it is too early for others.
sub tally (@responses) { my %count; $count{ $_->status }++ for @responses; return join ' ', map { "$_:$count{$_}" } sort keys %count }
$as->answer('/early', body => jwks('p256'));
is status('/early', 'p256'), 200, 'before';
my ($before, $begun) = (hits('/early'), time);
is tally($nginx->get_at_once(map { ['/early', token => forged("unknown-$_")] } 1 .. 40)), '401:40', 'forged tokens are refused, by keys that were asked for when they were there';
cmp_ok hits('/early') - $before, '<=', 1 + (time - $begun) / 5 + 1, 'and make nginx ask once in five seconds';
my @strangers = map { $nginx->begin('/early', token => forged("more-$_")) } 1 .. 20;
in_hand($nginx, 20);
$as->answer('/early', body => jwks('rsa'));
is tally($nginx->get_at_once((['/early', token => mint('rsa', claims(sub => '/early'))]) x 20)), '200:20', 'good tokens of a key that came while strangers keep us from asking wait for it, and none is called bad';
undef @strangers;
my $stale = forged('stale');
is $nginx->get('/early', token => $stale)->status, 401, 'a token that no key verifies is refused';
($before, $begun) = (hits('/early'), time);
is tally(map { $nginx->get('/early', token => $stale) } 1 .. 20), '401:20', 'and again, twenty times';
cmp_ok time - $begun, '<', 3, '... without a wait';
cmp_ok hits('/early') - $before, '<=', 1, '... and hardly a question';

# All keys are withdrawn.
$as->answer('/early', body => '{"keys":[]}');
is $nginx->get('/early', token => forged('last'))->status, 401, 'a forged token makes nginx ask';
is status('/early', 'rsa'), 401, 'a server that withdraws all keys has no good tokens';

# Many tokens of the new key at the same time.
is status('/many', 'p256'), 200, 'keys are fetched';
$as->answer('/many', body => jwks('rsa'), delay => 0.4);
my @responses = $nginx->get_at_once((['/many', token => mint('rsa')]) x 20);
is join(' ', map { $_->status } @responses), join(' ', (200) x 20), 'all who bring the new key wait for the same request';
is hits('/many'), 2, 'which is one';

# A renewal that fails.
is status('/failing', 'p256'), 200, 'keys are fetched';
$as->answer('/failing', status => 500);
is status('/failing', 'rsa'),  503, 'a renewal that fails says nothing about the token';
is status('/failing', 'rsa'),  503, 'nor do the seconds in which nobody asks again';
is status('/failing', 'p256'), 200, 'the keys that are there go on';
is hits('/failing'), 2, 'one renewal';
$as->answer('/failing', body => jwks('rsa'));
ok wait_for(20, sub { status('/failing', 'rsa') == 200 }), 'the next one brings the new key';

finish();
