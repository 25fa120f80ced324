# What a location gets from the levels above, and what it changes.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my @files = qw(conditional read_only write_only admin_write);    # limit_except and if forget try_files
my $nginx = run_nginx(<<'CONF', { 'p256.json' => jwks('p256'), 'rsa.json' => jwks('rsa'), map { ("html/$_" => '') } @files });
    auth_jwt "from http";
    auth_jwt_key_file p256.json;
    auth_jwt_require_claim sub !eq mallory;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /inherits    { %%OK%% }
        location /realm       { auth_jwt "from location"; %%OK%% }
        location /open        { %%OK%% auth_jwt off; location /open/inner { %%OK%% } location /open/closed { auth_jwt "again"; %%OK%% } }
        location /adds_key    { auth_jwt_key_file rsa.json; %%OK%% }
        location /adds_rule   { %%OK%% auth_jwt_require_claim iss eq https://as.example.com; location /adds_rule/inner { auth_jwt_require_claim jti eq one; %%OK%% } }
        location /no_exp      { %%OK%% auth_jwt_validate_exp off; location /no_exp/inner { %%OK%% } location /no_exp/strict { auth_jwt_validate_exp on; %%OK%% } }
        location /leeway      { %%OK%% auth_jwt_leeway 60s; location /leeway/inner { %%OK%% } location /leeway/none { auth_jwt_leeway 0s; %%OK%% } }
        location /read_only   { limit_except GET { auth_jwt "write"; } auth_jwt off; }
        location /write_only  { limit_except POST { auth_jwt off; } }
        location /admin_write { limit_except GET { auth_jwt_require_claim role eq admin; } }
        location /challenge   { %%OK%% auth_jwt_www_authenticate "Custom"; location /challenge/inner { %%OK%% } }
        location /conditional { if ($arg_x) { set $y 1; } }
    }
    server {
        listen 127.0.0.1:%%PORT_OPEN%%;
        auth_jwt off;
        location / { %%OK%% }
        location /closed { auth_jwt "closed"; %%OK%% }
    }
CONF
my $token = mint('p256');
my %plain = (token => $token);

sub status ($path, %request) { return $nginx->get($path, %request)->status }

is status('/inherits'), 401, 'a location inherits from http';
is status('/inherits', %plain), 200, 'with its keys';
is status('/inherits', token => mint('p256', claims(sub => 'mallory'))), 401, 'and its rules';
is $nginx->get('/realm')->header('WWW-Authenticate'), 'Bearer realm="from location"', 'a location has its own realm';
is status('/open'), 200, 'auth_jwt off opens a location';
is status('/open/inner'), 200, 'and what is nested in it';
is status('/open/closed'), 401, 'a nested location closes again';
is status('/open/closed', %plain), 200, 'with the inherited keys';
is status('/', port => 'PORT_OPEN'), 200, 'auth_jwt off opens a server';
is status('/closed', port => 'PORT_OPEN'), 401, 'in which a location can be closed';

is status('/adds_key', token => mint('rsa')), 200, 'a key file of a location is used';
is status('/adds_key', %plain), 200, 'beside the inherited ones';
is status('/inherits', token => mint('rsa')), 401, 'and nowhere else';

my %inner = (iss => 'https://as.example.com', jti => 'one');
is status('/adds_rule/inner', token => mint('p256', claims(%inner))), 200, 'all rules of all levels hold: a token that meets all';
is status('/adds_rule/inner', token => mint('p256', claims(%inner, $_->@*))), 401, "but not @$_"
    for ['sub', 'mallory'], ['iss', 'x'], ['jti', 'two'];
is status('/adds_rule', token => mint('p256', claims(jti => 'two'))), 200, 'a rule of a nested location does not count outside it';

my $old = mint('p256', claims(exp => time - 30));
is status('/no_exp', token => $old), 200, 'auth_jwt_validate_exp off';
is status('/no_exp/inner', token => $old), 200, 'is inherited';
is status('/no_exp/strict', token => $old), 401, 'and can be switched on again';
is status('/leeway', token => $old), 200, 'auth_jwt_leeway';
is status('/leeway/inner', token => $old), 200, 'is inherited';
is status('/leeway/none', token => $old), 401, 'and can be set back';

is status('/read_only'), 200, 'limit_except: GET is open';
is status('/read_only', method => 'DELETE'), 401, 'and what is not GET is closed';
is status('/read_only', method => 'DELETE', %plain), 405, 'but not with a token';
is status('/write_only'), 200, 'limit_except can open what is closed';
is status('/write_only', method => 'POST', body => ''), 401, 'for the other methods only';
my $admin = mint('p256', claims(role => 'admin'));
is status('/admin_write', %plain), 200, 'limit_except: a rule does not bind the methods it leaves out';
is status('/admin_write', method => 'DELETE', %plain), 401, 'and binds the others';
is status('/admin_write', method => 'DELETE', token => $admin), 405, 'which pass when they meet it (and a file cannot be deleted)';
is status('/admin_write', method => 'DELETE'), 401, 'auth_jwt itself is inherited into limit_except';

is $nginx->get('/challenge/inner')->header('WWW-Authenticate'), 'Custom', 'auth_jwt_www_authenticate is inherited';
is status('/conditional?x=1'), 401, 'an if does not open a location';
is status('/conditional?x=1', %plain), 200, 'nor close it';

finish();
