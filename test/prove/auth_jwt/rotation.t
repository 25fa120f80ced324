# A key that is put in place at any moment is found when a token names it: only what tokens make us ask is limited.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep);

my $as   = run_origin();
my $port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt_key_cache 1h;
        location /rotated { auth_jwt_key_request /_as/rotated; %%OK%% }
        location /many    { auth_jwt_key_request /_as/many;    %%OK%% }
        location /failing { auth_jwt_key_request /_as/failing; %%OK%% }
        location /_as/    { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub status ($path, $key) { return $nginx->get($path, token => mint($key))->status }
sub forged ($kid) { return mint('p256_other', claims(), header => { kid => $kid }) }

$as->answer($_, body => jwks('p256')) for qw(/rotated /many /failing);
is status('/rotated', 'p256'), 200, 'keys are fetched';
sleep 1;
$as->answer('/rotated', body => jwks('rsa'));
is status('/rotated', 'rsa'), 200, 'a key that came a second later is accepted at once';
is hits('/rotated'), 2, 'by one more request for keys';
is status('/rotated', 'p256'), 401, 'the old one is gone; to ask again it is too early';
is $nginx->get('/rotated', token => forged("unknown-$_"))->status, 401, 'forged ones' for 1 .. 5;
cmp_ok hits('/rotated'), '<=', 3, 'do not make nginx ask before five seconds are over';

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
