# The arguments of mcp_trace_exporter, and the file of headers that it names.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

umask 0077;    # else nginx warns of files that everybody can read
my $url = 'http://127.0.0.1:4318/v1/traces';

sub check ($name, $conf, $files, $passes, @messages) {
    my ($passed, @lines) = nginx_t("$conf server { listen 127.0.0.1:%%PORT%%; }", $files);
    unlike "@lines", qr/secret-of/, "$name: no secret is shown";
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}
sub fine ($arguments, @warnings) { return check($arguments, "mcp_trace_exporter $arguments;", {}, 'passes', map { qq([warn] "mcp_trace_exporter" directive: $_) } @warnings) }
sub bad ($arguments, $message, %files) {
    return check($arguments, "mcp_trace_exporter $arguments;", \%files, 'fails', qq([emerg] "mcp_trace_exporter" directive: $message));
}

fine('off');
fine($_) for $url, 'https://otel.example.com/v1/traces', "$url sample=0", "$url sample=1", "$url sample=0.25 service=my-gateway", 'http://localhost:4318/v1/traces';
fine('http://otel.example.com/v1/traces', '"http://otel.example.com/v1/traces" is plain http: spans, and headers that are sent with them, can be read on their way');

my $must = 'must be an http or https URL, like "http://127.0.0.1:4318/v1/traces", but';
bad('collector:4318', qq("collector:4318" $must is none));
bad('grpc://127.0.0.1:4317', qq("grpc://127.0.0.1:4317" $must is neither https nor http));
bad('http://user:secret-of-url@127.0.0.1/', qq("http://...\@127.0.0.1/" $must has user information before the host));
bad('on', qq("on" $must is none));
bad('off sample=1', '"off" takes no parameter');
bad("$url sample=$_", qq(invalid ratio "$_", it must be a number from 0 to 1, like "0.1")) for '10%', '1.5', '-1', 'all', '', '1e-3', 'nan';
bad("$url sample=1 sample=0", 'parameter "sample" appears twice');
my $parameters = 'it must be "sample=", "headers_file=" or "service=", and a value';
bad("$url secret-of-somebody", qq(invalid parameter without "=", $parameters));
bad("$url samples=1", qq(invalid parameter "samples=...", $parameters));
bad("$url headers_file=", qq(invalid parameter "headers_file=...", $parameters));
bad("$url service=", qq(invalid parameter "service=...", $parameters));

my $file = '%%TESTDIR%%/headers';
bad("$url headers_file=headers", qq(cannot read "$file": No such file or directory));
my %wrong = (
    "Authorization: Bearer secret-of-a\nsecret-of-b\n" => 'line 2 is not like "Name: value"',
    "Na me: secret-of-a\n"                             => 'line 1 is not like "Name: value"',
    "A: b\nContent-Type: text/plain\n"                 => 'line 2 sets a header that the exporter sets itself',
    "A: b\n" x 33                                      => 'it has more than 32 headers',
);
bad("$url headers_file=headers", qq(headers in "$file": $wrong{$_}), headers => $_) for sort keys %wrong;

check('twice', "mcp_trace_exporter $url; mcp_trace_exporter off;", {}, 'fails', '[emerg] "mcp_trace_exporter" directive is duplicate');
my ($passed, @lines) = nginx_t("server { listen 127.0.0.1:%%PORT%%; mcp_trace_exporter $url; }");
is_deeply \@lines, ['[emerg] "mcp_trace_exporter" directive is not allowed here'], 'in http alone';

done_testing;
