# A worker does not grow with the number of requests.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

plan skip_all => 'the size of a worker says nothing under valgrind or a sanitizer'
    if $ENV{TEST_NGINX_VALGRIND} || $ENV{TEST_NGINX_PRELOAD};

my $as = run_origin();
$as->answer('/jwks', body => jwks(qw(p256 rsa)));
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks(qw(p256 rsa)), 'tenant.json' => jwks('p256') });
    auth_jwt_claim_set \$nested a b;
    proxy_cache_path %%TESTDIR%%/cache keys_zone=keys:1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        add_header X-All "\$nested \$jwt_claims \$jwt_claim_sub" always;
        location /file { auth_jwt_key_file jwks.json; auth_jwt_require_claim sub match \$http_x_pattern; %%OK%% }
        location /tenant { auth_jwt_key_file %%TESTDIR%%/\$http_x_tenant.json; %%OK%% }
        location /request { auth_jwt_key_request /_as; %%OK%% }
        location = /_as { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/jwks; proxy_cache keys; proxy_cache_valid 1h; }
    }
CONF


my @headers = ('X-Pattern: "ali"', 'X-Tenant: tenant');
for my $path (qw(/file /tenant /request)) {
    my $round = sub ($number) {
        my @tokens = (mint('p256', claims(jti => $number, a => { b => ['x'] })), mint('p256_other'), 'junk');
        my $bytes = join '', map { $nginx->request_bytes($path, connection => 'keep-alive', headers => \@headers, token => $_) } (@tokens) x 50;
        my @responses = $nginx->send('', raw => $bytes . $nginx->request_bytes($path));
        die "only " . @responses . " responses" if @responses != 151;
        delete $nginx->{secrets};
        return;
    };
    $round->($_) for 1 .. 4;
    my $before = $nginx->kilobytes;
    $round->($_) for 5 .. 24;
    cmp_ok $nginx->kilobytes - $before, '<', 1500, "$path: 3000 requests more, half a kilobyte each would show";
}

finish();
