# The arguments of mcp_redis, and the file with the password that it names.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

umask 0077;    # else nginx warns of files that everybody can read
my $address = '127.0.0.1:6379';

# With a location that counts there.
sub check ($name, $conf, $files, $passes, @messages) {
    my ($passed, @lines) = nginx_t(<<"CONF", $files);
        $conf
        server {
            listen 127.0.0.1:%%PORT%%;
            location /mcp { mcp_resource https://mcp.example.com/mcp; mcp_authorization_server https://as.example.com; mcp_discovery on; mcp_rate_limit rate=1r/s burst=1; }
        }
CONF
    unlike "@lines", qr/secret-of/, "$name: no secret is shown";
    return is_deeply [$passed ? 'passes' : 'fails', grep { !/mcp_zone/ } @lines], [$passes, @messages], $name;
}
sub fine ($arguments, $files = {}, @more) { return check($arguments, "mcp_redis $arguments; @more", $files, 'passes') }
sub bad ($arguments, $message, %files) {
    return check($arguments, "mcp_redis $arguments;", \%files, 'fails', qq([emerg] "mcp_redis" directive: $message));
}

fine($_) for $address, '127.0.0.1', 'localhost:6379', '[::1]:6379', '[::1]', 'unix:/run/redis.sock', "$address prefix=a-b_c.d:e", "$address timeout=1ms",
    "$address timeout=10s on_error=allow", "$address on_error=deny";
fine("$address password_file=secret", { secret => "x\n" });
fine("$address password_file=secret user=mcp", { secret => "x\n" });

my $form = 'it must be like "redis.example.com:6379" or "unix:/run/redis.sock"';
my $secret = "$form; a name and a password are given in \"user=\" and \"password_file=\"";
bad('redis://user:secret-of-url@127.0.0.1:6379', "invalid address, $secret");
bad(':secret-of-url@127.0.0.1:6379',             "invalid address, $secret");
bad('rediss://127.0.0.1:6379',                   "invalid address, $secret");
bad('127.0.0.1:0',                               qq(invalid address "127.0.0.1:0": invalid port, $form));
bad('127.0.0.1:70000',                           qq(invalid address "127.0.0.1:70000": invalid port, $form));
bad('127.0.0.1:6379/1',                          qq(invalid address "127.0.0.1:6379/1": invalid host, $form));
bad('unix:',                                     qq(invalid address "unix:": no path in the unix domain socket, $form));
bad('unix:/' . 'x' x 200,                        qq(invalid address "unix:/@{[ 'x' x 200 ]}": too long path in the unix domain socket, $form));

my $parameters = 'it must be "user=", "password_file=", "prefix=", "timeout=" or "on_error=", and a value';
bad("$address password=secret-of-somebody", qq(invalid parameter "password=...", $parameters));
bad("$address user=",                       qq(invalid parameter "user=...", $parameters));
bad("$address password_file=",              qq(invalid parameter "password_file=...", $parameters));
bad("$address user=mcp",                    '"user=" needs "password_file="');
bad("$address timeout=1s timeout=2s",       'parameter "timeout" appears twice');
bad("$address prefix=$_", qq(invalid prefix "$_", it must be 1 to 64 letters, digits, "-", "_", "." and ":", like mcp)) for '', 'a*', 'ä', 'x' x 65;
bad("$address timeout=$_", qq(invalid timeout "$_", it must be a time from 1ms to 10s, like 200ms)) for '', '0', '0ms', '11s', '-1', 'soon';
bad("$address on_error=$_", qq(invalid value "$_" of "on_error=", it must be deny or allow)) for '', 'pass';

bad("$address password_file=secret", 'cannot read "%%TESTDIR%%/secret": No such file or directory');
bad("$address password_file=secret", 'the secret in "%%TESTDIR%%/secret" is empty', secret => "\n");
bad("$address password_file=secret", 'the secret in "%%TESTDIR%%/secret" has a line break or another control character', secret => "secret-of-a\nsecret-of-b\n");

check('twice', "mcp_redis $address; mcp_redis $address;", {}, 'fails', '[emerg] "mcp_redis" directive is duplicate');
my $unknown = 'no-such-host.invalid:6379';
check('a name without an address', "mcp_redis $unknown;", {}, 'fails',
    qq([emerg] "mcp_redis": the name in "$unknown" has no address; correct it, or add "resolver" to the http block, with which nginx looks it up later));
fine($unknown, {}, 'resolver 127.0.0.1;');

done_testing;
