# auth_jwt_key_cache and proxy_cache: how often the key server is asked.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer($_, body => jwks('p256'), headers => [['Cache-Control', 'max-age=600']]) for qw(/cached /uncached /proxied /rotated /failing /aging /one /two);
$as->answer('/two', body => jwks('p256_other'));

my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    proxy_cache_path %%TESTDIR%%/cache keys_zone=keys:1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        location /uncached { auth_jwt_key_request /_as/uncached; %%OK%% }
        location /proxied  { auth_jwt_key_request /_proxied; %%OK%% }
        location /cached   { auth_jwt_key_cache 1h; auth_jwt_key_request /_as/cached; %%OK%% }
        location /rotated  { auth_jwt_key_cache 1h; auth_jwt_key_request /_as/rotated; %%OK%% }
        location /failing  { auth_jwt_key_cache 1h; auth_jwt_key_request /_as/failing; %%OK%% }
        location /tenant   { auth_jwt_key_cache 1h; auth_jwt_key_request /_as/\$http_x_tenant; %%OK%% }
        location /aging    { auth_jwt_key_cache 1s; auth_jwt_key_request /_as/aging; %%OK%% }
        location /off      { auth_jwt_key_cache 0;  auth_jwt_key_request /_as/uncached; %%OK%% }
        location /_as/     { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/; }
        location = /_proxied { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/proxied; proxy_cache keys; }
    }
CONF

sub hits ($path) { return scalar(() = $as->requests($path)) }

sub five_times ($path) {
    my $before = hits($path =~ s/off/uncached/r);
    is $nginx->get($path, token => mint('p256'))->status, 200, "$path: a good token passes" for 1 .. 5;
    return hits($path =~ s/off/uncached/r) - $before;
}

is five_times('/uncached'), 5, 'by default the keys are asked for at every request';
is five_times('/off'),      5, 'and when the cache is off';
is five_times('/proxied'),  1, 'proxy_cache in the location of the keys keeps them';
is five_times('/cached'),   1, 'auth_jwt_key_cache keeps them';

is $nginx->get('/cached', token => mint('p256', claims(exp => time - 5)))->status, 401, 'an expired token is refused from the cache';
is hits('/cached'), 1, 'and does not ask for keys again';
my $forged = mint('p256_other', claims(), header => { kid => 'p256' });
is $nginx->get('/cached', token => $forged)->status, 401, 'a forged token is refused';
is hits('/cached'), 2, 'by newer keys: its own may have been put in place of one of the same name';
is $nginx->get('/cached', token => $forged)->status, 401, 'and again' for 1 .. 5;
is hits('/cached'), 2, 'by those keys: they were asked for when it was there already';

# A kid that is not in the cache may be a new key: asked once, and then not again for some seconds, whoever knocks.
my $start = time;
my %unknown;
$unknown{ $_->status }++ for $nginx->get_at_once(map { ['/cached', token => mint('p256_other', claims(), header => { kid => "random-$_" })] } 1 .. 200);
is_deeply \%unknown, { 401 => 200 }, 'tokens with unknown kids are refused, by keys that were asked for when they were there';
my $allowed = 1 + (time - $start + 1);    # at most one a second, however slow this machine is
cmp_ok hits('/cached') - 2, '<=', $allowed, '200 tokens with unknown kids: a handful of requests for keys';
is $nginx->get('/cached', token => mint('p256'))->status, 200, 'good tokens still pass';

my $asked = hits('/cached');
my $unknown = mint('p256_other', claims(), header => { kid => 'unknown' });
ok wait_for(20, sub { $nginx->get('/cached', token => $unknown)->status == 401 && hits('/cached') > $asked }), 'some seconds later an unknown kid counts again';
is hits('/cached'), $asked + 1, 'for one request';

is five_times('/rotated'), 1, 'before the rotation';
$as->answer('/rotated', body => jwks('rsa'));
ok wait_for(20, sub { $nginx->get('/rotated', token => mint('rsa'))->status == 200 }), 'a new key is found when a token names it';
is $nginx->get('/rotated', token => mint('p256'))->status, 401, 'and the old one is gone with the set that held it';

is $nginx->get('/aging', token => mint('p256'))->status, 200, 'before the time is over';
$as->answer('/aging', body => jwks('rsa'), delay => 0.2);
ok wait_for(20, sub { $nginx->get('/aging', token => mint('p256'))->status == 401 }), 'when it is over the keys are fetched anew, asked for by name or not';
sleep 1;
is join(' ', map { $_->status } $nginx->get_at_once((['/aging', token => mint('rsa')]) x 8)), join(' ', (200) x 8), 'requests that come just then all finish';

# A refetch that fails leaves the keys that are there.
is five_times('/failing'), 1, 'before the failure';
$as->answer('/failing', status => 500);
isnt $nginx->get('/failing', token => mint('rsa'))->status, 200, 'an unknown kid does not pass while the key server is down';
is $nginx->get('/failing', token => mint('p256'))->status, 200, 'known keys go on';

# The cache belongs to the uri.
my %token = (one => mint('p256'), two => mint('p256_other'));
for (1 .. 3) {
    for my $tenant (qw(one two)) {
        is $nginx->get('/tenant', token => $token{$_}, headers => ["X-Tenant: $tenant"])->status, ($_ eq $tenant ? 200 : 401),
            "a token of tenant $_ at tenant $tenant" for qw(one two);
    }
}
is $nginx->get('/tenant', token => mint('p256_other', claims(), header => { kid => 'p256' }), headers => ['X-Tenant: one'])->status,
    401, "tenant 2's key under the name of tenant 1's is refused";

finish();
