# auth_jwt among the other access checks: satisfy, allow/deny, auth_basic, auth_request.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/yes', status => 204, body => '');
$as->answer('/informed', status => 204, body => '');
$as->answer('/no', status => 403);
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'users' => "user:{PLAIN}password\n" });
    auth_jwt "jwt";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /any/allow     { satisfy any; allow 127.0.0.1; deny all; %%OK%% }
        location /any/deny      { satisfy any; deny all; %%OK%% }
        location /any/basic     { satisfy any; auth_basic "basic"; auth_basic_user_file users; auth_jwt "jwt" token=\$cookie_token; %%OK%% }
        location /any/request   { satisfy any; auth_request /_as/no; %%OK%% }
        location /any/requested { satisfy any; auth_request /_as/yes; %%OK%% }
        location /any/keys      { satisfy any; deny all; auth_jwt_key_request /_as/jwks; %%OK%% }
        location /all/allow     { allow 127.0.0.1; deny all; %%OK%% }
        location /all/deny      { deny all; %%OK%% }
        location /all/basic     { auth_basic "basic"; auth_basic_user_file users; auth_jwt "jwt" token=\$cookie_token; %%OK%% }
        location /all/request   { auth_request /_as/yes; %%OK%% }
        location /all/refused   { auth_request /_as/no; %%OK%% }
        location /all/informed  { auth_request /_as/informed; %%OK%% }
        location /all/keys      { auth_request /_as/yes; auth_jwt_key_request /_as/jwks; %%OK%% }
        location /_as/ { internal; auth_jwt off; proxy_set_header X-Sub \$jwt_claim_sub; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
my $token  = mint('p256');
my $forged = mint('p256_other', claims(), header => { kid => 'p256' });
my @basic  = ('Authorization: Basic ' . MIME::Base64::encode('user:password', ''));
my @cookie = ("Cookie: token=$token");
$nginx->keep_out_of_log($token);

sub status ($path, %request) { return $nginx->get($path, %request)->status }

is status('/any/allow'), 200, 'any: an allowed address needs no token';
is status('/any/deny', token => $token), 200, 'any: a token makes up for a denied address';
is status('/any/deny', token => $forged), 401, 'any: a forged one does not';
my $refused = $nginx->get('/any/deny');
is $refused->status, 401, 'any: neither gets 401';
is $refused->header('WWW-Authenticate'), 'Bearer realm="jwt"', 'any: with the challenge';
is status('/any/basic', headers => \@basic), 200, 'any: a password is enough';
is status('/any/basic', headers => \@cookie), 200, 'any: a token is enough';
is status('/any/basic'), 401, 'any: nothing is not enough';
is status('/any/basic', headers => ["Cookie: token=$forged"]), 401, 'any: a forged token is not enough';
is status('/any/request', token => $token), 200, 'any: a token makes up for auth_request';
is status('/any/request', token => $forged) =~ /^40[13]$/, 1, 'any: a forged one does not';
is status('/any/requested'), 200, 'any: auth_request is enough';
is status('/any/keys', token => $token), 200, 'any: a token whose keys had to be fetched makes up for a denied address';
is status('/any/keys', token => mint('ed25519')), 401, 'any: a foreign token does not';

is status('/all/allow', token => $token), 200, 'all: an allowed address and a token';
is status('/all/allow'), 401, 'all: an allowed address alone is not enough';
is status('/all/deny', token => $token), 403, 'all: a token alone is not enough';
is status('/all/basic', headers => [@basic, @cookie]), 200, 'all: a password and a token';
is status('/all/basic', headers => $_), 401, 'all: one of the two is not enough' for \@basic, \@cookie;
is status('/all/request', token => $token), 200, 'all: auth_request and a token';
is status('/all/request'), 401, 'all: auth_request alone is not enough';
is status('/all/refused', token => $token), 403, 'all: a token alone is not enough';
is status('/all/informed', token => $token), 200, 'all: auth_request comes after the token';
is TestNginx::Origin::header(($as->requests('/informed'))[0], 'X-Sub'), 'alice', 'all: and its server can be told whose it is';
is status('/all/keys', token => $token), 200, 'all: with keys to fetch';
is status('/all/keys', token => $forged), 401, 'all: with keys to fetch, a forged token';

finish();
