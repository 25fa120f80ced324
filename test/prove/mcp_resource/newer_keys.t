# Where newer keys are asked for, and when again: by one of several workers for the tokens of all; by the metadata, which says
# where the keys are now; and after an outage as soon as a token may ask, or a reload.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;
use TestNginx::Mcp;

use Time::HiRes qw(sleep time);

my $as       = run_origin();
my $issuer   = 'http://127.0.0.1:' . $as->port;
my $metadata = '/.well-known/oauth-authorization-server';
my @for_long = (headers => [['Cache-Control' => 'max-age=86400']]);
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub publish_place ($path) { $as->answer($metadata, @for_long, body => to_json({ issuer => $issuer, jwks_uri => "$issuer$path", authorization_endpoint => "$issuer/a", token_endpoint => "$issuer/t", response_types_supported => ['code'] })) }
$as->answer($_, @for_long, body => jwks('p256')) for qw(/jwks /old /lost /told);
$as->answer('/new', @for_long, body => jwks('rsa'));
publish_place('/old');

my $nginx = run_nginx(<<"CONF");
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        location = /found { mcp_resource https://mcp.example.com/found; mcp_audience $resource; mcp_discovery on; %%OK%% }
        location = /lost  { mcp_resource https://mcp.example.com/lost;  mcp_audience $resource; mcp_jwks $issuer/lost; %%OK%% }
        location = /told  { mcp_resource https://mcp.example.com/told;  mcp_audience $resource; mcp_jwks $issuer/told; %%OK%% }
    }
CONF
my $many = run_nginx(<<"CONF", {}, workers => 2);
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        location = /many { mcp_resource $resource; mcp_jwks $issuer/jwks; %%OK%% }
    }
CONF
my $count = 0;
sub token ($key, $kid = undef) { return (token => mint($key, claims(iss => $issuer, aud => $resource, sub => 'user' . ++$count), $kid ? (header => { kid => $kid }) : ())) }
sub get ($path, $key) { return $nginx->get($path, token($key)) }
is get($_, 'p256')->status, 200, "$_: keys are fetched" for qw(/found /lost /told);

# --- jwks_uri is another one, and where it led still answers

publish_place('/new');
my $asked = hits($metadata);
is get('/found', 'rsa')->status, 200, 'a token of a new key makes nginx ask the metadata, too: the keys have moved';
is get('/found', 'p256')->status, 401, '... and the old key is withdrawn';
is hits('/old'), 1, '... though the old place still shows it: nobody looks there';
is hits('/new'), hits($metadata) - $asked, 'a turn is two requests';
cmp_ok hits('/new'), '<=', 2, '... and two tokens made two turns at the most';

# --- forged tokens, one after the other, and rotations in the middle of them

my (@forged, @good);
for my $round (1 .. 4) {
    my ($key, $kid) = ($round % 2 ? 'rsa' : 'p256', "round-$round");
    $as->answer('/jwks', @for_long, body => jwks(jwk($key, kid => $kid)), delay => 0.2);
    for my $step (1 .. 10) {
        push @forged, $many->begin('/many', token('p256_other', 'unknown-' . ++$count));
        push @good, $many->begin('/many', token($key, $kid));
        sleep 0.5;
    }
    is statuses(splice @good), join(' ', (200) x 10), 'workers that take turns have the new key in time, whichever of them was first';
}
is statuses(@forged), join(' ', (401) x @forged), 'and a forged token is refused, in each of them';

# --- after an outage

my $failed = hits('/lost');
$as->answer('/lost', status => 500, body => '');
is get('/lost', 'rsa')->status, 503, 'in an outage nobody can say whether a token is good';
ok wait_for(60, sub { hits('/lost') >= $failed + 5 }), 'nginx tries again, less and less often';
$as->answer('/lost', @for_long, body => jwks('rsa'));
my $refused = get('/lost', 'rsa');
is $refused->status, 503, 'when it is over, nginx does not know yet';
sleep $refused->header('Retry-After') + 0.5;
is get('/lost', 'rsa')->status, 200, '... but does when Retry-After has brought the client back';

$as->answer('/told', status => 503, headers => [['Retry-After' => 600]], body => '');
is get('/told', 'rsa')->status, 503, 'a server that says when to come again';
$as->answer('/told', @for_long, body => jwks('rsa'));
$failed = hits('/told');
sleep 6;
is get('/told', 'rsa')->status, 503, '... is not asked before';
is hits('/told'), $failed, '... whatever tokens there are';
$nginx->reload;
ok wait_for(10, sub { hits('/told') > $failed }), 'but after a reload, which asks at once';
is get('/told', 'rsa')->status, 200, '... and has the new keys';

finish();
