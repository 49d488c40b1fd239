package io.quorumfence.lab.ground;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A lab VM: a small shared disk and a domain that differs between hosts only in what its kernel is told. */
public final class VmFiles {
    /** One place of 4096 bytes for each host, by its number. */
    static final int DISK_BYTES = 1 << 20;

    private VmFiles() {}

    public static void makeDisk(Path file) {
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(DISK_BYTES);
        } catch (IOException e) {
            throw new LabException("cannot make the VM disk " + file + ": " + e.getMessage(), e);
        }
    }

    /** QEMU's own image lock is off ({@code shareable}): it would hide the very thing that the detector looks for. */
    static String domain(String vm, String uuid, String host) {
        return """
                <domain type='qemu'>
                  <name>%1$s</name>
                  <uuid>%2$s</uuid>
                  <memory unit='MiB'>128</memory>
                  <vcpu>1</vcpu>
                  <os>
                    <type arch='x86_64' machine='pc'>hvm</type>
                    <kernel>/qf-guest/vmlinuz</kernel>
                    <initrd>/qf-guest/initrd</initrd>
                    <cmdline>console=ttyS0 quiet nokaslr tsc=reliable no_timer_check mitigations=off \
                qf.host=%3$s qf.slot=%4$d</cmdline>
                  </os>
                  <features><acpi/></features>
                  <on_crash>destroy</on_crash>
                  <devices>
                    <emulator>/usr/bin/qemu-system-x86_64</emulator>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='raw' cache='none' io='threads'/>
                      <source file='/qf/vm/%1$s.raw'/>
                      <target dev='vda' bus='virtio'/>
                      <shareable/>
                    </disk>
                    <serial type='file'><source path='/var/log/qf/console-%1$s.log'/></serial>
                    <memballoon model='none'/>
                  </devices>
                </domain>
                """.formatted(vm, uuid, host, LabPlan.indexOf(host));
    }
}
