# auth_jwt string token=$variable: the token comes from there, and from nowhere else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    map $http_x_token $checked_token { "~^[\w.-]+$" $http_x_token; default ""; }
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /cookie { auth_jwt "site" token=$cookie_auth_token; %%OK%% }
        location /header { auth_jwt "site" token=$http_x_token; %%OK%% }
        location /map    { auth_jwt "site" token=$checked_token; %%OK%% }
        location /both   { %%OK%% auth_jwt "site" token=$http_x_token; location /both/inner { auth_jwt "site"; %%OK%% } }
    }
CONF
my $token = mint('p256');
$nginx->keep_out_of_log($token);
my @cookie = (headers => ["Cookie: a=b; auth_token=$token; c=d"]);
my @header = (headers => ["X-Token: $token"]);

$nginx->passes_after('/cookie', @cookie);
is $nginx->get($_, @header)->status, 200, "$_: a token from a variable passes" for qw(/header /map);
$nginx->refuses('the Authorization header is not looked at', path => '/cookie', token => $token, reason => qr/credentials_missing/,
    challenge => qr/\ABearer realm="site"\z/);
$nginx->refuses('an empty value is no credentials', path => '/header', headers => ['X-Token:'], reason => qr/credentials_missing/);
$nginx->refuses('a forged token is refused', path => '/header', reason => qr/signature_invalid/, headers => ['X-Token: ' .
    mint('p256_other', claims(), header => { kid => 'p256' })]);
$nginx->refuses('the variable holds the token alone, without a scheme', path => '/header', headers => ["X-Token: Bearer $token"]);
$nginx->refuses('white space is not part of a token', path => '/header', headers => ["X-Token: $token $token"]);
$nginx->refuses('a nested auth_jwt without token= goes back to the header', path => '/both/inner', @header, reason => qr/credentials_missing/);
is $nginx->get('/both/inner', token => $token)->status, 200, 'and reads it';
is $nginx->get('/cookie', headers => ["Cookie: auth_token=$token", 'Authorization: Basic YTpi'])->status, 200, 'other credentials do not disturb';

finish();
