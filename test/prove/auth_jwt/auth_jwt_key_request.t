# auth_jwt_key_request: keys from a subrequest.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/jwks',   body => jwks('p256'));
$as->answer('/more',   body => jwks('rsa'));
$as->answer('/keyval', body => keyval('p256_other'));
$as->answer('/chunked', body => jwks('p256'), chunked => 7);
$as->answer('/big',    body => jwks('p256', map { jwk('rsa', kid => "key-$_") } 1 .. 200));

my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", { 'html/local.json' => jwks('p521'), 'file.json' => jwks('p384') });
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        location /one     { auth_jwt_key_request /_as/jwks; %%OK%% }
        location /jwks    { auth_jwt_key_request /_as/jwks jwks; %%OK%% }
        location /keyval  { auth_jwt_key_request /_as/keyval keyval; %%OK%% }
        location /several { auth_jwt_key_request /_as/jwks; auth_jwt_key_request /_as/more; auth_jwt_key_request /_as/keyval keyval; %%OK%% }
        location /file    { auth_jwt_key_file file.json; auth_jwt_key_request /_as/jwks; %%OK%% }
        location /dynamic { auth_jwt_key_request /_as/\$http_x_set; %%OK%% }
        location /local   { auth_jwt_key_request /_local/local.json; %%OK%% }
        location /big     { auth_jwt_key_request /_as/big; %%OK%% }
        location /chunked { auth_jwt_key_request /_as/chunked; %%OK%% }
        location /modern  { auth_jwt_key_request /_modern; %%OK%% }
        location /inline  { auth_jwt_key_request /_inline; %%OK%% }
        location /chain   { auth_jwt_key_request /_as/more; try_files /none /one/chained; }
        location /unzips  { auth_jwt_key_request /_unzips; %%OK%% }
        location /cookie  { auth_jwt "site" token=\$cookie_token; auth_jwt_key_request /_as/jwks; %%OK%% }
        location /backend { auth_jwt_key_request /_as/jwks; proxy_pass http://127.0.0.1:$as_port; }
        location /_as/    { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/; }
        location = /_modern  { internal; auth_jwt off; proxy_http_version 1.1; proxy_buffering off; proxy_pass http://127.0.0.1:$as_port/chunked; }
        location = /_inline  { internal; auth_jwt off; return 200 '@{[jwks('p256')]}'; }
        location = /_unzips  { internal; auth_jwt off; gunzip on; proxy_pass http://127.0.0.1:$as_port/zipped; }
        location /_local/ { internal; auth_jwt off; alias %%TESTDIR%%/html/; try_files \$uri =404; }
    }
    server {
        listen 127.0.0.1:%%PORT_INHERITED%%;
        auth_jwt "site";
        auth_jwt_key_request /_as;
        location /access    { %%OK%% }
        location /preaccess { auth_jwt_phase preaccess; %%OK%% }
        location = /_as     { internal; auth_jwt_phase preaccess; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
CONF
$as->answer('/zipped', body => jwks('p256'), gzip => 1);
$as->answer('/backend', body => 'from the backend');

sub accepts ($path, $key, $name, %request) { return is $nginx->get($path, token => mint($key), %request)->status, 200, $name }

accepts('/one',     'p256',       'keys come from the response');
accepts('/jwks',    'p256',       'the format jwks may be said');
accepts('/keyval',  'p256_other', 'the format may be keyval');
accepts('/several', $_,           "several requests can be given: $_") for qw(p256 rsa p256_other);
accepts('/file',    $_,           "files and requests can stand side by side: $_") for qw(p256 p384);
accepts('/dynamic', 'p256',       'the uri may hold variables', headers => ['X-Set: jwks']);
accepts('/dynamic', 'rsa',        'and they count anew for each request', headers => ['X-Set: more']);
accepts('/local',   'p521',       'keys may come from a file that nginx serves');
accepts('/chunked', 'p256',       'a chunked response is read');
accepts('/modern',  'p256',       'also over HTTP/1.1 and without buffering');
accepts('/inline',  'p256',       'keys may stand in the configuration');
accepts('/unzips',  'p256',       'gunzip in the location makes a compressed response plain');
accepts($_, 'p256', "the location of the keys needs no auth_jwt off: $_", port => 'PORT_INHERITED') for qw(/access /preaccess);
accepts('/big',     'p256',       'a response of 100 KB is read');

is $nginx->get('/chain', token => mint('rsa'))->status, 401, 'a location that a request is sent on to asks for its own keys';
is $nginx->get('/chain', token => mint('p256'))->status, 401, 'and the first one has asked for its own';
$nginx->passes_after('/one', token => mint('p256'));
$nginx->refuses("a key that is not there is refused at $_", path => $_, token => mint('ed25519'), reason => qr/key_not_found/)
    for qw(/one /keyval /several /file /local);
$nginx->refuses('SPEC 70: alg none is refused', path => '/one', token => b64url('{"alg":"none"}') . '.e30.', reason => qr/./);
is $nginx->get('/_as/jwks', token => mint('p256'))->status, 404, 'the location of the keys is not open to clients';

my $asked = () = $as->requests;
is $nginx->get('/one', token => $_)->status, 401, 'what is no token of use is refused' for undef, 'junk', 'a.b.c', b64url('{"alg":"none"}') . '.e30.YQ';
is scalar(() = $as->requests), $asked, 'and nobody is asked for keys on its account';

# The request's own body and headers are for the backend, not for the key server.
my $body = to_json({ method => 'tools/list' }) x 500;
my $post = $nginx->get('/backend', method => 'POST', body => $body, token => mint('p256'), headers => ['X-Mine: 1']);
is $post->body, 'from the backend', 'a POST passes';
is +($as->requests('/backend'))[-1]{body}, $body, 'its body reaches the backend whole';
my $key_request = ($as->requests('/jwks'))[-1];
is $key_request->{method}, 'GET', 'keys are asked for by GET';
is $key_request->{body}, '', 'without the body';
my $cookie = mint('p256');
is $nginx->get('/cookie', headers => ["Cookie: token=$cookie"])->status, 200, 'a token in a cookie passes';
my @key_requests = grep { $_->{uri} ne '/backend' } $as->requests;
is scalar(grep { defined TestNginx::Origin::header($_, 'Authorization') } @key_requests), 0, "SPEC 13: the key server never sees the client's token";
is scalar(grep { to_json($_) =~ /\Q$cookie\E/ } @key_requests), 0, 'SPEC 13: nor when it comes in a cookie';
accepts('/one', 'p256', 'HEAD passes', method => 'HEAD');
is $nginx->get('/one', token => mint('p256'), headers => ['Range: bytes=0-1', 'Accept-Encoding: gzip'])->body, 'ok',
    'a range is asked of the backend, not of the key server';

finish();
