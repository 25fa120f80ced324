# Requests that wait for keys at the same time: each finishes, each with its own tenant's keys.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/one', body => jwks('p256'),       delay => 0.4);
$as->answer('/two', body => jwks('p256_other'), delay => 0.2);
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    proxy_cache_path %%TESTDIR%%/cache keys_zone=keys:1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        location /plain  { auth_jwt_key_request /_as/\$arg_tenant; %%OK%% }
        location /cached { auth_jwt_key_request /_as/\$arg_tenant; auth_jwt_key_cache 1m; %%OK%% }
        location /locked { auth_jwt_key_request /_locked/\$arg_tenant; %%OK%% }
        location /both   { auth_jwt_key_request /_as/one; auth_jwt_key_request /_as/two; %%OK%% }
        location /free   { auth_jwt off; %%OK%% }
        location /_as/     { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/; }
        location /_locked/ {
            internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/;
            proxy_cache keys; proxy_cache_lock on; proxy_cache_valid 200 1m;
        }
    }
CONF
my %token = (one => mint('p256'), two => mint('p256_other'));

for my $path (qw(/plain /cached /locked /both)) {
    my @same = $nginx->get_at_once(map { ["$path?tenant=one", token => $token{one}] } 1 .. 8);
    is join(' ', map { $_->status } @same), join(' ', (200) x 8), "$path: 8 requests at once all finish";
}

for my $path (qw(/plain /cached /locked)) {
    my (@requests, @expected);
    for my $round (1 .. 4) {
        for my $tenant (qw(one two)) {
            for my $owner (qw(one two)) {
                push @requests, ["$path?tenant=$tenant&$round", token => $token{$owner}];
                push @expected, $owner eq $tenant ? 200 : 401;
            }
        }
    }
    my @responses = $nginx->get_at_once(@requests);
    is join(' ', map { $_->status } @responses), join(' ', @expected), "$path: a token never passes at the other tenant";
}

my @waiting = map { $nginx->begin('/plain?tenant=one', token => $token{one}) } 1 .. 4;
is $nginx->get('/free')->status, 200, 'a request that needs no keys does not wait for those that do';
@waiting = ();

finish();
