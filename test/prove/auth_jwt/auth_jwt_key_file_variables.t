# auth_jwt_key_file with variables: a file per tenant, and no way out of the folder.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my %files = (
    'keys/one.json' => jwks('p256'),
    'keys/two.json' => jwks('p256_other'),
    'keys/bad.json' => '{"keys":',
    'secret.json'   => jwks('rsa'),
);
my $nginx = run_nginx(<<'CONF', \%files);
    map $http_x_tenant $known_tenant { one one; two two; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        auth_jwt_key_file %%TESTDIR%%/keys/$http_x_tenant.json;
        location /known { auth_jwt_key_file %%TESTDIR%%/keys/$known_tenant.json; %%OK%% }
    }
CONF
my %tenants = (one => mint('p256'), two => mint('p256_other'));

sub ask ($tenant, $token) { return $nginx->get('/ok', token => $token, headers => ["X-Tenant: $tenant"])->status }

for (1 .. 2) {    # the second time from whatever is kept
    is ask($_, $tenants{$_}), 200, "a token of tenant $_ passes there" for sort keys %tenants;
    is ask('one', $tenants{two}), 401, "tenant 2's token is refused at tenant 1";
    is ask('two', $tenants{one}), 401, "tenant 1's token is refused at tenant 2";
    is ask('two', mint('p256', claims(), header => { kid => 'p256_other' })), 401, 'even under the name of the other key';
}

$nginx->write_file('keys/two.json', jwks('p256'));
is ask('two', $tenants{one}), 200, 'a file that has changed is read anew';
is ask('two', $tenants{two}), 401, 'and the key that it held is refused';
$nginx->write_file('keys/new.json', jwks('p256'));
is ask('new', $tenants{one}), 200, 'a new file is found';
unlink $nginx->dir . '/keys/new.json';
isnt ask('new', $tenants{one}), 200, 'a file that is gone lets nobody in';

my $outside = mint('rsa');
my $worker  = $nginx->worker_pid;
for my $name ('../secret', '..//secret', 'x/../../secret', './../secret', '../keys/../secret', '/../secret', '', 'none', '.', '..', 'one.json/..') {
    isnt ask($name, $outside), 200, "the file name '$name' does not lead outside";
    isnt ask($name, $tenants{one}), 200, "and '$name' opens no other way either";
}
is ask('bad', $tenants{one}) >= 500, 1, 'a file that is not a key set is our failure, not the token\'s';
is ask('x' x 5000, $tenants{one}) == 200, '', 'a name too long opens nothing';
is $nginx->worker_pid, $worker, 'the same worker lives';

finish();
