# Redis by TLS, through the hop that docs/RATE-LIMITS.md shows: what it shows works, and a server with another certificate does not.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Redis;
use IO::Socket::INET;

my ($stream) = grep { -e } map { "$_/ngx_stream_module.so" } '/usr/lib/nginx/modules', split /:/, $ENV{TEST_NGINX_MODULES} // '';
plan skip_all => 'nginx has no stream module' if !$stream;

my $document = TestNginx::Report::slurp("$TestNginx::repository/docs/RATE-LIMITS.md");
my ($hop) = $document =~ /^(stream \{\n.*?^\}\n)/ms or die "the page has no stream block\n";

my $keys = File::Temp->newdir('prove-tls-XXXXXX', TMPDIR => 1);
chmod 0755, $keys;
for my $name ('redis.example.com', 'other.example.com') {
    my $subject = "-subj /CN=$name -addext subjectAltName=DNS:$name";
    system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 $subject -keyout $keys/$name.key -out $keys/$name.crt 2>$keys/log") == 0
        or die "openssl: $?\n";
}

sub nginx_with_hop ($shown_as) {
    my $port  = TestNginx::Port::free();
    my $redis = TestNginx::Redis->start('tls-port' => $port, 'tls-cert-file' => "$keys/$shown_as.crt", 'tls-key-file' => "$keys/$shown_as.key",
        'tls-ca-cert-file' => "$keys/$shown_as.crt", 'tls-auth-clients' => 'no');
    my $main = $hop =~ s/redis\.example\.com:6380/127.0.0.1:$port/r =~ s{/run/}{%%TESTDIR%%/}gr
        =~ s{/etc/ssl/certs/ca-certificates\.crt}{$keys/redis.example.com.crt}r;
    my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }, main => $main, modules => [TestNginx::modules(), $stream], allow => qr/upstream SSL certificate/);
        mcp_redis unix:%%TESTDIR%%/nginx-redis.sock timeout=2s;
        server {
            listen 127.0.0.1:%%PORT%%;
            location /mcp { $protected mcp_rate_limit rate=1r/h; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        }
        server { listen 127.0.0.1:%%PORT_BACK%%; return 200 ok; }
CONF
    return ($redis, $nginx);
}

my $token = access_token(sub => 'alice');
my ($redis, $nginx) = nginx_with_hop('redis.example.com');
is join(' ', map { $nginx->get('/mcp', token => $token)->status } 1 .. 2), '200 429', 'limits are counted through the hop';
is scalar($redis->limit_keys), 1, '... in that Redis';
$nginx->stop;

my ($impostor, $careful) = nginx_with_hop('other.example.com');
is $careful->get('/mcp', token => $token)->status, 503, 'a server that shows another name is not used';
like $careful->log, qr/Redis at unix:\S+: (?:it closed the connection|the connection broke)/, '... and the log says that nobody can be asked';
is scalar($impostor->limit_keys), 0, '... and it was told nothing';

finish;
