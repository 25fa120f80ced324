# auth_jwt_key_request_timeout: however a key server holds up its answer, a request for keys is over after this time. What
# nginx has in its cache for this case counts.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep time);

my $as      = run_origin();
my $as_port = $as->port;
my $head    = length "HTTP/1.1 200 Whatever\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n";
$as->answer('/jwks',   body => jwks('p256'));
$as->answer('/header', body => jwks('p256'), drip => 0.3);
$as->answer('/body',   body => jwks('p256'), drip => 0.3, drip_from => $head);
$as->answer('/hangs',  hang => 1);
$as->answer('/kept',   body => jwks('p256'));
my $nginx = run_nginx(<<"CONF");
    proxy_cache_path %%TESTDIR%%/keys keys_zone=keys:1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        auth_jwt_key_request_timeout 1s;
        location /good   { auth_jwt_key_request /_as/jwks; %%OK%% }
        location /header { auth_jwt_key_request /_as/header; %%OK%% }
        location /body   { auth_jwt_key_request /_as/body; %%OK%% }
        location /hangs  { auth_jwt_key_request /_as/hangs; auth_jwt_key_cache 1m; %%OK%% }
        location /two    { auth_jwt_key_request /_as/body; auth_jwt_key_request /_as/jwks; %%OK%% }
        location /longer { auth_jwt_key_request /_as/hangs; auth_jwt_key_request_timeout 2s; %%OK%% }
        location /stale  { auth_jwt_key_request /_kept; %%OK%% }
        location /_as/   { internal; proxy_pass http://127.0.0.1:$as_port/; }
        location = /_kept {
            internal; proxy_cache keys; proxy_cache_key keys; proxy_cache_valid 1s; proxy_cache_use_stale updating error timeout;
            proxy_cache_background_update on; proxy_pass http://127.0.0.1:$as_port/kept;
        }
    }
CONF
my $token = mint('p256');
$nginx->passes_after('/good', token => $token);
is $nginx->get('/stale', token => $token)->status, 200, 'keys are kept';
$as->answer('/kept', body => jwks('p256'), drip => 0.3);

for my $path (qw(/header /body /hangs)) {
    my $began = time;
    $nginx->refuses("$path: 503", path => $path, token => $token, status => 503, reason => qr/keys_unavailable.*, it took longer than 1 s/);
    cmp_ok time - $began, '<', 3 * $TestNginx::patience, "$path: in time";
}
like $nginx->get('/body', token => $token)->header('Retry-After'), qr/\A\d+\z/, 'come back later';
is $nginx->get('/two', token => $token)->status, 200, 'a key of another set counts, as soon as the time of the first is over';
my $began = time;
is $nginx->get('/longer', token => $token)->status, 503, 'the time of a location';
cmp_ok time - $began, '>', 1.8, 'is its own';
is join(' ', map { $_->status } $nginx->get_at_once(map { ['/body', token => $token] } 1 .. 4)), join(' ', (503) x 4), 'several at once: each gets 503';

is join(' ', map { $_->status } $nginx->get_at_once(map { ['/stale', token => $token] } 1 .. 4)), join(' ', (200) x 4),
    'proxy_cache_use_stale timeout: the time is over, and stale keys do';

for my $pause (0, 0.5, 0.98, 1.02) {
    my @clients = map { $nginx->begin($_, token => $token) } qw(/header /body /hangs /stale /two);
    sleep $pause;
}
is $nginx->get('/good', token => $token)->status, 200, 'clients go away, and nginx goes on';
sleep 1.1;
is $nginx->get('/good', token => $token)->status, 200, 'also when the time is over';

finish();
