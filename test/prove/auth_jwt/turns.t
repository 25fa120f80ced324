# auth_jwt_key_cache: tokens may make nginx ask for newer keys once in five seconds, and those who come in between wait for
# that. Strangers send as many as they like: so they have few places, and everybody else has the others.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;

use Time::HiRes qw(time);

my $as   = run_origin();
my $port = $as->port;
$as->answer('/jwks', body => jwks('p256'));
my $nginx = run_nginx(<<"CONF");
    auth_jwt_key_request_limits waiting=32;    # eight of them, two for one client, until nginx may ask
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Client;
        location = /status { auth_jwt off; stub_status; }
        location /keys  { auth_jwt_key_cache 1h; auth_jwt_key_request /_jwks; %%OK%% }
        location /early { auth_jwt_phase preaccess; auth_jwt_key_cache 1h; auth_jwt_key_request /_jwks; %%OK%% }
        location = /_jwks { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/jwks; }
    }
CONF
sub hits () { return scalar(() = $as->requests('/jwks')) }
my $count = 0;
sub forged () { return (token => mint('p256_other', claims(), header => { kid => 'unknown-' . ++$count })) }

for my $path (qw(/keys /early)) {
    my $begin = sub ($client) { return $nginx->begin($path, forged(), from("192.0.2.$client")) };
    my $get   = sub ($client, %request) { return $nginx->get($path, %request, from("192.0.2.$client")) };
    $as->answer('/jwks', body => jwks('p256'));
    is $get->(1, token => mint('p256'))->status, 200, "$path: keys are fetched";
    is $get->(1, forged())->status, 401, 'a forged token makes nginx ask again';
    my ($hits, $begun) = (hits(), time);
    my @waiting = map { my $client = $_; map { $begin->($client) } 1 .. 2 } 1 .. 4;
    in_hand($nginx, 8);
    my $refused = $get->(1, forged());
    is $refused->status, 503, 'one client has a quarter of the places for those who wait until nginx may ask';
    like $refused->header('Retry-After'), qr/\A[1-9]\d*\z/, '... and is told when to come again';
    is $get->(9, forged())->status, 503, 'and all together have a quarter of those for who waits';
    is $get->(1, token => mint('p256'))->status, 200, 'who brings a good token waits for nobody';
    SKIP: {
        skip 'this machine is too slow', 1 if time - $begun > 4;
        is hits(), $hits, 'nobody is asked before the five seconds are over';
    }
    is statuses(@waiting), join(' ', (401) x 8), 'those who waited are judged by newer keys';
    is hits(), $hits + 1, 'which they have asked for once';

    my @strangers = map { my $client = $_; map { $begin->($client) } 1 .. 2 } 1 .. 4;
    in_hand($nginx, 8);
    $as->answer('/jwks', body => jwks('rsa'));
    my $new = mint('rsa', claims(sub => $path));
    is $get->(9, token => $new)->status, 503, 'the first token of a new key that finds no place is not called bad';
    statuses(@strangers);
    is $get->(9, token => $new)->status, 200, 'and is good when it comes again: strangers cannot keep nginx from asking';
}

finish();
